import type { Difference } from '../difference';
import type { Operation } from '../log/operation';
import { valueText } from '../normalise';
import type { TableRecord } from '../subject';

type Predicate = (difference: Difference, operation: Operation) => boolean;

/** They carry out what AWS refuses by one of these rules. */
export const acceptsWrong =
  (...rules: readonly string[]): Predicate =>
  ({ at, theirs }, { wrong }) =>
    at === 'refusal' && theirs === undefined && wrong !== undefined && rules.includes(wrong);

/** They refuse, by another error, what AWS refuses by one of these rules. */
export const refusesWrongBy =
  (error: string, ...rules: readonly string[]): Predicate =>
  ({ at, theirs }, { wrong }) =>
    at === 'refusal.error' && theirs === error && wrong !== undefined && rules.includes(wrong);

/** They make a record of a write that leaves the item as it is. */
export const recordsNoChange: Predicate = ({ at, theirs }) => {
  if (at !== 'records.extra') return false;
  const { eventName, OldImage, NewImage } = theirs as TableRecord;
  return eventName === 'MODIFY' && valueText(OldImage) === valueText(NewImage);
};

/** Whether the expressions of an operation, or of a transaction's members, match. */
export function hasExpression({ input }: Operation, pattern: RegExp): boolean {
  const text = JSON.stringify(input, (name, member: unknown) =>
    name.startsWith('ExpressionAttribute') ? undefined : member,
  );
  return pattern.test(text);
}

export const isList = (json: unknown): json is unknown[] => Array.isArray(json);
