import { isArnLike, isLike } from './patterns';

/** A condition key's value in a request; several for a multivalued key. */
type Given = string | readonly string[] | undefined;

/** Values of a request's condition keys, by name. */
export type RequestContext = Readonly<Record<string, Given>>;

/** Operator → key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const EXISTING = /IfExists$/;
const FOR_ALL = /^ForAllValues:/;
/** Holds for an absent key if its value is `true`, and for a present one if it is `false`. */
const ABSENCE = 'Null';

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
  const base = baseOf(operator);
  if (base in MATCHES || base in NEGATIONS || operator === ABSENCE) return;
  throw new RangeError(`The simulator does not support the condition operator ${operator}.`);
}

const baseOf = (operator: string): string => operator.replace(FOR_ALL, '').replace(EXISTING, '');

/** Whether all operators hold for all keys; one value per key is enough (IAM User Guide, "Conditions with multiple context keys or values"). */
export function hold(conditions: Conditions, context: RequestContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, values, valueOf(context, key))),
  );
}

/** Names of condition keys are case-insensitive. */
function valueOf(context: RequestContext, key: string): Given {
  const name = Object.keys(context).find((each) => each.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : context[name];
}

/** Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context keys". */
function holds(operator: string, values: readonly string[], given: Given): boolean {
  if (operator === ABSENCE) return values.includes(String(given === undefined));
  if (given === undefined && EXISTING.test(operator)) return true;
  const all = typeof given === 'object' ? given : given === undefined ? [] : [given];
  // An absent key has no value that could violate it.
  if (FOR_ALL.test(operator)) return all.every((each) => fits(operator, values, each));
  return fits(operator, values, all.length === 1 ? all[0] : undefined);
}

/** Without a set operator, several values are like none: AWS defines no result. */
function fits(operator: string, values: readonly string[], given: string | undefined): boolean {
  const base = baseOf(operator);
  const negated = NEGATIONS[base];
  const matches = MATCHES[negated ?? base];
  const any = given !== undefined && values.some((wanted) => matches?.(wanted, given));
  return negated === undefined ? any : !any;
}
