import { OWN_COLUMNS } from '../../relational/columns';
import { quote } from '../../relational/sql';
import type { SqlRow } from '../session';
import type { Found } from './found';
import type { Reason, TableObject } from './table-object';

export function generatedColumn(
  row: SqlRow,
  { columns, drops: { dropGenerated, rebuild } }: Found,
): TableObject {
  const name = String(row['name']);
  const isOurs =
    columns.some((column) => column.name.toLowerCase() === name.toLowerCase()) ||
    Object.values<string>(OWN_COLUMNS).includes(name);
  const reasons: readonly Reason[] = isOurs
    ? [
        {
          refused: 'generated',
          because: 'nothing can be written to it',
          fix: `Rebuild the table with a plain column: ${rebuild()}`,
          everyRow: true,
        },
      ]
    : (['generated', 'type'] as const).map((refused) => ({
        refused,
        because:
          refused === 'type'
            ? 'it prevents a change of the types of the columns that it refers to'
            : 'its expression is evaluated for every row, and may fail',
        fix: `Drop it: ${dropGenerated(name)}`,
      }));
  return { label: `generated column ${quote(name)} (${String(row['expression'])})`, reasons };
}
