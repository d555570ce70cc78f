import type { AttributeValue } from '../../item/attribute-value';
import type { Cell, Column } from '../../item/column';
import { keyText } from '../../item/item-key';
import { keyColumns } from './columns';
import { keyOfColumns } from './recorded';

/**
 * The key of a row as text (item/item-key.ts).
 * @param columns the recorded columns
 * @param key cells of the key columns, partition key first
 */
export function keyTextOfRow(columns: readonly Column[], key: readonly Cell[]): string {
  const schema = keyOfColumns(columns);
  if (schema === undefined) throw new Error('no column is the partition key');
  const item = new Map(
    keyColumns(columns).map(({ attribute }, i) => {
      const { type } = i === 0 || schema.sort === undefined ? schema.partition : schema.sort;
      return [attribute, { [type]: key[i] } as unknown as AttributeValue];
    }),
  );
  return keyText(item, schema);
}
