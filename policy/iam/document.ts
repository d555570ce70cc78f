/** Policy documents, read. IAM takes a single value where a list of one is meant; here everything is a list. */

export interface PolicyStatement {
  readonly sid: string | undefined;
  readonly effect: string;
  /** `*` for everybody; else kind (`AWS`, `Service`, `Federated`) → who. `undefined` in a policy of an identity. */
  readonly principals: '*' | Readonly<Record<string, readonly string[]>> | undefined;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Operator → condition key, in small letters → values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A policy that is no JSON, or has no statements. */
export class UnreadablePolicy extends Error {
  constructor(readonly reason: string) {
    super(`The policy document cannot be read: ${reason}`);
    this.name = new.target.name;
  }
}

/**
 * The statements of a document, given as text or, as some resources take it, as an object.
 * @throws UnreadablePolicy
 */
export function statementsOf(document: unknown): readonly PolicyStatement[] {
  const parsed = typeof document === 'string' ? parsedText(document) : document;
  const statements = (parsed as { Statement?: unknown } | null | undefined)?.Statement;
  if (statements === undefined) throw new UnreadablePolicy('it has no Statement');
  return listed(statements).map(readStatement);
}

/** The statements that allow something. @throws UnreadablePolicy */
export function allowedBy(document: unknown): readonly PolicyStatement[] {
  return statementsOf(document).filter(({ effect }) => effect === 'Allow');
}

/** How to name a statement to a person: its Sid, else its place. */
export function nameOf(statement: PolicyStatement, index: number): string {
  return statement.sid ? `statement ${statement.sid}` : `statement ${index + 1}`;
}

/** Whether a condition on the key is there, under any operator. @param key in any case: `aws:SourceAccount` */
export function hasCondition({ conditions }: PolicyStatement, key: string): boolean {
  return Object.values(conditions).some((keys) => key.toLowerCase() in keys);
}

function parsedText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadablePolicy((error as Error).message);
  }
}

function readStatement(raw: unknown): PolicyStatement {
  const one = raw as Readonly<Record<string, unknown>>;
  return {
    sid: one['Sid'] as string | undefined,
    effect: String(one['Effect']),
    principals: principalsOf(one['Principal']),
    actions: texts(one['Action']),
    notActions: texts(one['NotAction']),
    resources: texts(one['Resource']),
    notResources: texts(one['NotResource']),
    conditions: conditionsOf(one['Condition']),
  };
}

function principalsOf(raw: unknown): PolicyStatement['principals'] {
  if (raw === undefined) return undefined;
  if (raw === '*') return '*';
  const kinds = Object.entries(raw as Record<string, unknown>).map(
    ([kind, who]) => [kind, texts(who)] as const,
  );
  return kinds.some(([kind, who]) => kind === 'AWS' && who.includes('*')) ? '*' : Object.fromEntries(kinds);
}

function conditionsOf(raw: unknown): PolicyStatement['conditions'] {
  return Object.fromEntries(
    Object.entries((raw ?? {}) as Record<string, Record<string, unknown>>).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key.toLowerCase(), texts(values)])),
    ]),
  );
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function texts(value: unknown): readonly string[] {
  return value === undefined || value === null ? [] : listed(value).map(String);
}
