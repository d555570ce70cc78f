import { isArnLike, isLike } from './patterns';

/** What is known of a request beside action and resource, by the names of condition keys. */
export type RequestContext = Readonly<Record<string, string | undefined>>;

/** Operator → key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const EXISTING = /IfExists$/;

/** Whether a value that is there is what one of the policy's values says. */
const MATCHES: Readonly<Record<string, (wanted: string, given: string) => boolean>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringLike: isLike,
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  NumericLessThan: (wanted, given) => Number(given) < Number(wanted),
};

/** The same the other way round: they hold for a key that is not there. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotLike: 'ArnLike',
};

/** @throws RangeError for an operator that the simulator does not have: it would otherwise be ignored */
export function checkOperator(operator: string): void {
  const base = operator.replace(EXISTING, '');
  if (base in MATCHES || base in NEGATIONS) return;
  throw new RangeError(`the simulator does not have the condition operator ${operator}`);
}

/** All operators and all keys hold; of a key's values one is enough (IAM User Guide, "Conditions with multiple context keys or values"). */
export function hold(conditions: Conditions, context: RequestContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, values, valueOf(context, key))),
  );
}

/** Names of condition keys have no case. */
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
