import { keyOf, tableNamed } from './tables/log/tables';
import { valueText } from './normalise';
import type { Outcome, TableRecord } from './outcome';

/** A place at which two outcomes of an operation differ. */
export interface Difference {
  /** Path of the place, such as `after.0.count.N`. `records.extra` and `records.missing` are whole stream records. */
  readonly at: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/**
 * Every place at which two outcomes differ, at the deepest level. If only one emulator rejects the operation, just that: the
 * rest follows from it.
 */
export function differences(ours: Outcome, theirs: Outcome): Difference[] {
  if ((ours.refusal === undefined) !== (theirs.refusal === undefined)) {
    return [{ at: 'refusal', ours: ours.refusal, theirs: theirs.refusal }];
  }
  return [
    ...compare('refusal', ours.refusal, theirs.refusal),
    ...compare('answer', ours.answer, theirs.answer),
    ...compare('after', ours.after, theirs.after),
    ...compareRecords(ours.records, theirs.records),
  ];
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

function compare(at: string, ours: unknown, theirs: unknown): Difference[] {
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    return ours.flatMap((member, i) => compare(`${at}.${i}`, member, theirs[i]));
  }
  if (isObject(ours) && isObject(theirs)) {
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...names].flatMap((name) => compare(`${at}.${name}`, own(ours, name), own(theirs, name)));
  }
  return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ at, ours, theirs }];
}

const own = (object: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** Only the records of one item have a defined order, so they are compared item by item, from the last one back. */
function compareRecords(ours: readonly TableRecord[], theirs: readonly TableRecord[]): Difference[] {
  const left = byItem(ours);
  const right = byItem(theirs);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((item) => {
    const mine = [...(left.get(item) ?? [])].reverse();
    const others = [...(right.get(item) ?? [])].reverse();
    return Array.from({ length: Math.max(mine.length, others.length) }, (_, i): Difference[] => {
      const [one, other] = [mine[i], others[i]];
      if (!one) return [{ at: 'records.extra', ours: undefined, theirs: other }];
      if (!other) return [{ at: 'records.missing', ours: one, theirs: undefined }];
      return compare('records', one, other);
    }).flat();
  });
}

function byItem(records: readonly TableRecord[]): Map<string, TableRecord[]> {
  const grouped = new Map<string, TableRecord[]>();
  for (const record of records) {
    const item = itemOf(record);
    grouped.set(item, [...(grouped.get(item) ?? []), record]);
  }
  return grouped;
}

/** The item's key from the images, whose key attributes are the same in every emulator. */
function itemOf({ table, Keys, OldImage, NewImage }: TableRecord): string {
  return `${table} ${valueText(keyOf(tableNamed(table), NewImage ?? OldImage ?? Keys))}`;
}
