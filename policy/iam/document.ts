/** Parsed policy documents. IAM accepts a single value in place of a list of one; here everything is a list. */

export interface PolicyStatement {
  readonly sid: string | undefined;
  readonly effect: string;
  /** `*` for everyone; else kind (`AWS`, `Service`, `Federated`) → principals. `undefined` in an identity policy. */
  readonly principals: '*' | Readonly<Record<string, readonly string[]>> | undefined;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Operator → condition key in lower case → values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** The policy is not JSON, or has no statements. */
export class UnreadablePolicy extends Error {
  constructor(readonly reason: string) {
    super(`The policy document cannot be read: ${reason}`);
    this.name = new.target.name;
  }
}

/**
 * The statements of a document, given as text or, for some resources, as an object.
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

/** Name of a statement in messages: its Sid, else its position. */
export function nameOf(statement: PolicyStatement, index: number): string {
  return statement.sid ? `statement ${statement.sid}` : `statement ${index + 1}`;
}

/** Whether the statement has a condition on the key, with any operator. @param key in upper or lower case: `aws:SourceAccount` */
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
