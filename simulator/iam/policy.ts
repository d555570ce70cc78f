import { checkOperator, hold } from './conditions';
import type { Conditions, RequestContext } from './conditions';
import { isArnLike, isLike } from './patterns';

/** A policy as it is written: JSON. */
export type PolicyDocument = Readonly<Record<string, unknown>> | object;

/** Whom a statement of a resource's policy is about: principals as written, by kind. `*` is everybody. */
type Principals = '*' | Readonly<Record<string, readonly string[]>>;

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** Undefined in a trust policy, whose resource is its role. */
  readonly resources: readonly string[] | undefined;
  readonly principals: Principals | undefined;
  readonly conditions: Conditions;
}

/** A policy, read. */
export interface Policy {
  readonly statements: readonly Statement[];
}

/** Whoever asks, by the names that policies have for it. */
export type Principal =
  /** ARNs: of the user, or of the role and of its session. */
  | { readonly kind: 'AWS'; readonly account: string; readonly arns: readonly string[] }
  /** Such as `ecs-tasks.amazonaws.com`. */
  | { readonly kind: 'Service'; readonly service: string };

/** One thing that somebody wants to do. */
export interface AccessRequest {
  /** `dynamodb:GetRecords`. */
  readonly action: string;
  /** ARN, or `*` for an action that has no resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/** What a policy says to a request. `silent`: nothing, which allows nothing. */
export type Verdict = 'allowed' | 'denied' | 'silent';

const MEMBERS = ['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'];

/** @throws RangeError for a document that is none, or has an element the simulator does not have */
export function readPolicy(document: PolicyDocument): Policy {
  const { Version, Statement } = document as Record<string, unknown>;
  if (Version !== '2012-10-17') throw new RangeError('a policy must have Version 2012-10-17');
  return { statements: listOf(Statement).map(readStatement) };
}

/** What the policy says to a request; `principal` where it is the policy of a resource. A denial goes before everything. */
export function judge(policy: Policy, request: AccessRequest, principal?: Principal): Verdict {
  const effects = policy.statements
    .filter((statement) => isAbout(statement, request, principal))
    .map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'denied';
  return effects.includes('Allow') ? 'allowed' : 'silent';
}

/** Whether a policy of a resource allows it to this very principal, not to its whole account. */
export function namesItself(policy: Policy, request: AccessRequest, principal: Principal): boolean {
  if (principal.kind === 'Service') return false;
  return policy.statements.some(
    ({ principals, ...statement }) =>
      statement.effect === 'Allow' &&
      isAbout({ ...statement, principals }, request, principal) &&
      principals !== undefined &&
      (principals === '*' || (principals['AWS'] ?? []).some((name) => principal.arns.includes(name))),
  );
}

function isAbout(
  { actions, resources, principals, conditions }: Statement,
  { action, resource, context = {} }: AccessRequest,
  principal: Principal | undefined,
): boolean {
  return (
    actions.some((pattern) => isLike(pattern.toLowerCase(), action.toLowerCase())) &&
    (resources === undefined || resources.some((pattern) => isArnLike(pattern, resource))) &&
    (principals === undefined || (principal !== undefined && isAmong(principals, principal))) &&
    hold(conditions, context)
  );
}

function isAmong(principals: Principals, principal: Principal): boolean {
  if (principals === '*') return true;
  const names = principals[principal.kind] ?? [];
  if (principal.kind === 'Service') return names.includes(principal.service);
  const { account, arns } = principal;
  return names.some(
    (name) =>
      name === '*' || name === account || name === `arn:aws:iam::${account}:root` || arns.includes(name),
  );
}

function readStatement(written: unknown): Statement {
  const statement = written as Record<string, unknown>;
  const stranger = Object.keys(statement).find((name) => !MEMBERS.includes(name));
  if (stranger !== undefined) throw new RangeError(`the simulator does not have the element ${stranger}`);
  const { Effect, Action, Resource, Principal, Condition = {} } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new RangeError('Effect must be Allow or Deny');
  return {
    effect: Effect,
    actions: textsOf(Action),
    resources: Resource === undefined ? undefined : textsOf(Resource),
    principals: Principal === undefined ? undefined : principalsOf(Principal),
    conditions: conditionsOf(Condition as Record<string, Record<string, unknown>>),
  };
}

function principalsOf(written: unknown): Principals {
  if (written === '*') return '*';
  return Object.fromEntries(
    Object.entries(written as Record<string, unknown>).map(([kind, names]) => [kind, textsOf(names)]),
  );
}

function conditionsOf(written: Record<string, Record<string, unknown>>): Conditions {
  return Object.fromEntries(
    Object.entries(written).map(([operator, keys]) => {
      checkOperator(operator);
      return [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, textsOf(values)])),
      ];
    }),
  );
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function textsOf(value: unknown): readonly string[] {
  return listOf(value).map((each) => {
    if (typeof each !== 'string') throw new RangeError(`expected text, not ${JSON.stringify(each)}`);
    return each;
  });
}
