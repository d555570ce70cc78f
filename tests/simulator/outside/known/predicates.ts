import type { Difference } from '../difference';
import type { Operation } from '../operation';
import { ALL_TABLES, keyNames } from '../tables/log/tables';
import { valueText } from '../normalise';
import type { TableRecord } from '../outcome';

type Predicate = (difference: Difference, operation: Operation) => boolean;

const KEY_NAMES = new Set(ALL_TABLES.flatMap(keyNames));

/** Whether an item, or part of one, has only key attributes. */
export const hasKeysAlone = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && Object.keys(item).every((name) => KEY_NAMES.has(name));

/** The other emulator executes what AWS rejects by one of these rules. */
export const acceptsWrong =
  (...rules: readonly string[]): Predicate =>
  ({ at, theirs }, { wrong }) =>
    at === 'refusal' && theirs === undefined && wrong !== undefined && rules.includes(wrong);

/** The other emulator rejects, with another error, what AWS rejects by one of these rules. */
export const refusesWrongBy =
  (error: string, ...rules: readonly string[]): Predicate =>
  ({ at, theirs }, { wrong }) =>
    at === 'refusal.error' && theirs === error && wrong !== undefined && rules.includes(wrong);

/** The other emulator writes a record for a write that changes nothing. */
export const recordsNoChange: Predicate = ({ at, theirs }) => {
  if (at !== 'records.extra') return false;
  const { eventName, OldImage, NewImage } = theirs as TableRecord;
  return eventName === 'MODIFY' && valueText(OldImage) === valueText(NewImage);
};

/** The other emulator creates an item with only its key for an update that only removes. */
export const makesItemByTakingAway: Predicate = ({ at, ours, theirs }, operation) => {
  if (!hasExpression(operation, /"UpdateExpression":"(REMOVE|DELETE) /)) return false;
  if (at === 'answer.Attributes') return ours === undefined && hasKeysAlone(theirs);
  if (/^after\.\d+$/.test(at)) return ours === null && hasKeysAlone(theirs);
  return at === 'records.extra' && hasKeysAlone((theirs as TableRecord).NewImage);
};

/** Whether the expressions of an operation, or of a transaction's members, match. */
export const hasExpression = (operation: Operation, pattern: RegExp): boolean =>
  pattern.test(expressionsOf(operation));

const expressionsOf = ({ input }: Operation): string =>
  JSON.stringify(input, (name, member: unknown) =>
    name.startsWith('ExpressionAttribute') ? undefined : member,
  );

export const isList = (json: unknown): json is unknown[] => Array.isArray(json);

/** The name of an error, when a refusal is compared as a whole. */
export const errorOf = (refusal: unknown): unknown => (refusal as { error?: unknown } | undefined)?.error;
