import assert from 'node:assert/strict';
import { type AnyRule, type Examined, remediated, runRule } from '../../review/run-rule';
import { UNKNOWN } from '../../review/wire';

export { UNKNOWN };

interface Row {
  readonly given: Examined | readonly Examined[];
  /** Configuration of the rule. */
  readonly config?: object;
  /** Messages, in any order. */
  readonly finds?: readonly string[];
}

interface Rows {
  readonly violating: Readonly<Record<string, Row>>;
  readonly satisfying: Readonly<Record<string, Row>>;
  /** In a preview: no finding, and Pulumi reports that the rule could not run. */
  readonly unknown?: Readonly<Record<string, Row>>;
  /** The properties after the rule's remediation; `undefined`: unchanged. */
  readonly remediates?: Readonly<Record<string, Row & { readonly into: object | undefined }>>;
}

/** The tests of one rule, as a table. */
export function examine(rule: AnyRule, { violating, satisfying, unknown = {}, remediates = {} }: Rows): void {
  describe(`rule ${rule.name}`, () => {
    for (const [title, row] of Object.entries(violating)) {
      it(`finds: ${title}`, async () => {
        assert.ok((row.finds ?? []).length > 0, 'the row names its findings');
        const outcome = await runRule(rule, [row.given].flat(), row.config);
        const messages = outcome.findings.map(({ message }) => message);
        assert.deepEqual(messages.sort(), [...(row.finds ?? [])].sort());
        assert.deepEqual(outcome.unknown, []);
      });
    }
    for (const [title, row] of Object.entries(satisfying)) {
      it(`accepts: ${title}`, async () => {
        assert.deepEqual(await runRule(rule, [row.given].flat(), row.config), { findings: [], unknown: [] });
      });
    }
    for (const [title, row] of Object.entries(unknown)) {
      it(`cannot run in a preview: ${title}`, async () => {
        const outcome = await runRule(rule, [row.given].flat(), row.config);
        assert.deepEqual(
          outcome.findings.map(({ message }) => message),
          row.finds ?? [],
        );
        assert.equal(outcome.unknown.length, 1);
      });
    }
    for (const [title, row] of Object.entries(remediates)) {
      it(`remediates: ${title}`, async () => {
        const [one] = [row.given].flat();
        const fixed = await remediated(rule, one as Examined, { otherResources: 'same', ...row.config });
        assert.deepEqual(fixed, row.into);
        if (fixed === undefined) return;
        const after = { ...(one as Examined), inputs: fixed };
        assert.deepEqual((await runRule(rule, [after], row.config)).findings, []);
      });
    }
  });
}

interface Made {
  readonly name?: string;
  readonly stack?: string;
  /** Outputs in addition to the inputs. */
  readonly computed?: object;
  /** Property → resources that its value comes from. */
  readonly madeOf?: Readonly<Record<string, readonly Examined[]>>;
  readonly provider?: Examined['provider'];
  /** Component of this package that the resource is part of. */
  readonly component?: string;
}

/** A resource of a class of @pulumi/aws. Its id is its name, unless `computed` has another. */
export function given(
  kind: { readonly __pulumiType?: string } | object,
  inputs: object,
  { name = 'one', stack = 'dev', computed = {}, madeOf = {}, provider, component }: Made = {},
): Examined {
  const type = (kind as { __pulumiType: string }).__pulumiType;
  return {
    type,
    name,
    urn: `urn:pulumi:${stack}::shop::${component === undefined ? '' : `dynamodb-replicator:index:${component}$`}${type}::${name}`,
    inputs: withoutUndefined(inputs),
    outputs: withoutUndefined({ id: name, ...inputs, ...computed }),
    sources: Object.fromEntries(Object.entries(madeOf).map(([key, all]) => [key, all.map(({ urn }) => urn)])),
    ...(provider && { provider }),
  };
}

/** Removes properties that are `undefined`, as programs do not send them. */
function withoutUndefined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
