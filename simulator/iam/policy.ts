import { checkOperator, hold } from './conditions';
import type { Conditions, RequestContext } from './conditions';
import { isArnLike, isLike } from './patterns';

/** A policy as a JSON document. */
export type PolicyDocument = Readonly<Record<string, unknown>> | object;

/** Principals of a statement in a resource policy, by kind. `*` is everybody. */
type Principals = '*' | Readonly<Record<string, readonly string[]>>;

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** Undefined in a trust policy, whose resource is the role itself. */
  readonly resources: readonly string[] | undefined;
  readonly principals: Principals | undefined;
  readonly conditions: Conditions;
}

/** A parsed policy. */
export interface Policy {
  readonly statements: readonly Statement[];
}

/** A caller as policies name it. */
export type Principal =
  /** `arns`: the user's, or the role's and its session's. */
  | { readonly kind: 'AWS'; readonly account: string; readonly arns: readonly string[] }
  /** For example `ecs-tasks.amazonaws.com`. */
  | { readonly kind: 'Service'; readonly service: string };

/** An action on a resource that a caller requests. */
export interface AccessRequest {
  /** For example `dynamodb:GetRecords`. */
  readonly action: string;
  /** ARN, or `*` for an action that has no resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/** A policy's verdict on a request. `silent`: no statement matches, which does not allow it. */
export type Verdict = 'allowed' | 'denied' | 'silent';

const MEMBERS = ['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'];

/** @throws RangeError for a document that is not a policy, or has an element the simulator does not support */
export function readPolicy(document: PolicyDocument): Policy {
  const { Version, Statement } = document as Record<string, unknown>;
  if (Version !== '2012-10-17') throw new RangeError('A policy must have Version 2012-10-17.');
  return { statements: listOf(Statement).map(readStatement) };
}

/** Evaluates a policy; pass `principal` for the policy of a resource. A denial overrides everything. */
export function judge(policy: Policy, request: AccessRequest, principal?: Principal): Verdict {
  const effects = policy.statements
    .filter((statement) => isAbout(statement, request, principal))
    .map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'denied';
  return effects.includes('Allow') ? 'allowed' : 'silent';
}

/** Whether a resource policy allows it to exactly this principal, not just to its account. */
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
  if (stranger !== undefined)
    throw new RangeError(`The simulator does not support the policy element ${stranger}.`);
  const { Effect, Action, Resource, Principal, Condition = {} } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new RangeError('Effect must be Allow or Deny.');
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
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, conditionTexts(values)])),
      ];
    }),
  );
}

/** Null and Bool may have their values without quotes. */
const conditionTexts = (value: unknown): readonly string[] =>
  textsOf(listOf(value).map((each) => (typeof each === 'boolean' ? String(each) : each)));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function textsOf(value: unknown): readonly string[] {
  return listOf(value).map((each) => {
    if (typeof each !== 'string')
      throw new RangeError(`Expected a string in a policy, not ${JSON.stringify(each)}.`);
    return each;
  });
}
