import type { Key } from '../key-schema';
import type { Input } from '../request';
import { optionalEnum } from '../request';
import type { Table } from '../table';

/** Whether a request has ReturnItemCollectionMetrics SIZE. @throws ServiceError ValidationException */
export const wantsCollectionMetrics = (input: Input): boolean =>
  optionalEnum(input, 'ReturnItemCollectionMetrics', ['SIZE', 'NONE']) === 'SIZE';

/** The item collection of a key in a table with local indexes. Collections here never reach a gigabyte. */
export const collectionMetrics = (table: Table, { attributes }: Key): object => ({
  ItemCollectionKey: { [table.keys.hash.name]: attributes[table.keys.hash.name] },
  SizeEstimateRangeGB: [0, 1],
});

/** The item collections of several writes, by table. */
export function collectionMetricsOf(
  input: Input,
  writes: readonly { readonly table: Table; readonly key: Key }[],
): object {
  if (!wantsCollectionMetrics(input)) return {};
  const found = Object.create(null) as Record<string, object[]>;
  for (const { table, key } of writes) {
    if (table.hasLocalIndexes) (found[table.name] ??= []).push(collectionMetrics(table, key));
  }
  return Object.keys(found).length > 0 ? { ItemCollectionMetrics: found } : {};
}
