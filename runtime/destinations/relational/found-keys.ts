import type { AttributeValue } from '../../item/attribute-value';
import type { Cell, Column } from '../../item/column';
import { keyText } from '../../item/item-key';
import type { FoundKey } from '../destination';
import { keyColumns } from './columns';
import { keyOfColumns } from './recorded';

/**
 * The key of a row.
 * @param columns the recorded columns
 * @param key cells of the key columns, partition key first
 */
export function foundRow(columns: readonly Column[], key: readonly Cell[]): FoundKey {
  const schema = keyOfColumns(columns);
  if (schema === undefined) throw new Error('no column is the partition key');
  const item = new Map(
    keyColumns(columns).map(({ attribute }, i) => {
      const { type } = i === 0 || schema.sort === undefined ? schema.partition : schema.sort;
      return [attribute, { [type]: key[i] } as unknown as AttributeValue];
    }),
  );
  return { keyText: keyText(item, schema), key };
}
