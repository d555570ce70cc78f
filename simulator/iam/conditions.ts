import { isArnLike, isLike } from './patterns';

/** Values of a request's condition keys, by name. */
export type RequestContext = Readonly<Record<string, string | undefined>>;

/** Operator → key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const EXISTING = /IfExists$/;

/** Whether a present value matches a value of the policy. */
const MATCHES: Readonly<Record<string, (wanted: string, given: string) => boolean>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringLike: isLike,
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  NumericLessThan: (wanted, given) => Number(given) < Number(wanted),
};

/** Negated operators, which hold for an absent key. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotLike: 'ArnLike',
};

/** @throws RangeError for an operator that the simulator does not support, which would otherwise be ignored */
export function checkOperator(operator: string): void {
  const base = operator.replace(EXISTING, '');
  if (base in MATCHES || base in NEGATIONS) return;
  throw new RangeError(`The simulator does not support the condition operator ${operator}.`);
}

/** Whether all operators hold for all keys; one value per key is enough (IAM User Guide, "Conditions with multiple context keys or values"). */
export function hold(conditions: Conditions, context: RequestContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, values, valueOf(context, key))),
  );
}

/** Names of condition keys are case-insensitive. */
function valueOf(context: RequestContext, key: string): string | undefined {
  const name = Object.keys(context).find((each) => each.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : context[name];
}

function holds(operator: string, values: readonly string[], given: string | undefined): boolean {
  if (given === undefined && EXISTING.test(operator)) return true;
  const base = operator.replace(EXISTING, '');
  const negated = NEGATIONS[base];
  const matches = MATCHES[negated ?? base];
  const any = given !== undefined && values.some((wanted) => matches?.(wanted, given));
  return negated === undefined ? any : !any;
}
