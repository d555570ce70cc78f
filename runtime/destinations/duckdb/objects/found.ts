import type { Column } from '../../../item/column';
import { isKey } from '../../relational/columns';
import type { TableName } from '../../relational/sql';
import type { SqlRow } from '../session';
import type { Drops } from './drops';
import type { Reason } from './table-object';

/** A table of ours, as it was made and as it is. */
export interface Found {
  readonly table: TableName;
  readonly columns: readonly Column[];
  /** The present columns of the table. */
  readonly present: readonly SqlRow[];
  readonly drops: Drops;
}

export function uniqueness(fix: string): Reason {
  return { refused: 'unique', because: 'it refuses equal values, which DynamoDB allows', fix };
}

/** Whether these columns are the key, whose values are unique in DynamoDB too. */
export function isOverKey(names: readonly string[], columns: readonly Column[]): boolean {
  const keys = columns.filter(isKey).map(({ name }) => name);
  return keys.length === names.length && keys.every((name) => names.includes(name));
}
