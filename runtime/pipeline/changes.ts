import type { ChangeBatch, RowChange } from '../destinations/destination';
import type { Catalog } from '../item/catalog';
import type { StreamRecord } from '../aws/services';

/** A change of an item: a stream record, or a line of an incremental export, which has no sequence number. */
export interface Change extends Pick<StreamRecord, 'keys' | 'newImage' | 'createdAt'> {
  readonly sequenceNumber?: string | undefined;
}

/** The newest change of each key, by key text, in the order of these changes. */
export type NewestChanges = ReadonlyMap<string, Change>;

/** `records` are in the order in which to apply them (rule S1). The last record of a key replaces all earlier ones. */
export function newestPerKey(records: readonly Change[], catalog: Catalog): NewestChanges {
  const newest = new Map<string, Change>();
  for (const record of records) {
    const key = catalog.keyText(record.keys);
    newest.delete(key);
    newest.set(key, record);
  }
  return newest;
}

/** A catalog that can hold all these changes; the same one when nothing is new. */
export function observeChanges(changes: Iterable<Change>, catalog: Catalog): Catalog {
  let wider = catalog;
  for (const record of changes) wider = wider.observe(record.newImage ?? record.keys);
  return wider;
}

/** Encodes the changes as rows. The catalog must have observed them. */
export function encodeChanges(changes: NewestChanges, catalog: Catalog): ChangeBatch {
  return {
    columns: catalog.columns,
    changes: [...changes].map(([keyText, record]) => encodeChange(keyText, record, catalog)),
  };
}

function encodeChange(keyText: string, record: Change, catalog: Catalog): RowChange {
  const common = { keyText, sourceTime: record.createdAt };
  const key = catalog.keyCells(record.keys);
  if (record.newImage === undefined) {
    return key ? { ...common, action: 'delete', key } : { ...common, action: 'delete dead letter' };
  }
  const row = catalog.encode(record.newImage);
  if (row.cells !== undefined) return { ...common, action: 'upsert', cells: row.cells };
  const deadLetter = catalog.deadLetter(record.newImage, row.deadLetter, record.sequenceNumber ?? null);
  return { ...common, action: 'dead letter', key, deadLetter };
}
