import { isKey, OWN_COLUMNS } from '../../relational/columns';
import { qualified, quote } from '../../relational/sql';
import type { SqlRow } from '../session';
import { type Found, isOverKey, uniqueness } from './found';
import type { Reason, TableObject } from './table-object';

export function constraintObject(row: SqlRow, found: Found): readonly TableObject[] {
  const { type, definition, on_table: onTable } = row;
  const { rebuild, rebuildOther } = found.drops;
  const isUnique = !isOverKey(String(row['columns']).split('\0'), found.columns);
  if (type === 'NOT NULL') return notNull(row, found);
  if (row['is_own'] !== true) {
    const because = 'it refuses to change or delete rows that the other table refers to';
    const other = { schema: String(row['schema']), table: String(onTable) };
    const fix = `Remove the constraints of that table: ${rebuildOther(other)}`;
    return [
      {
        label: `constraint ${definition} of table ${qualified(other)}`,
        reasons: [
          { refused: 'foreign key', because, fix },
          { refused: 'type', because: 'it prevents a change of a column’s type', fix },
          damaged(fix),
        ],
      },
    ];
  }
  const fix = `DuckDB cannot drop it, so rebuild the table without constraints, indexes and defaults: ${rebuild()}`;
  const prevents: Reason = {
    refused: 'type',
    because: 'it prevents a change of its columns’ types, which new values may need',
    fix,
  };
  const reasons: Readonly<Record<string, readonly Reason[]>> = {
    CHECK: [{ refused: 'check', because: 'it refuses rows that violate it', fix }, prevents],
    'FOREIGN KEY': [
      {
        refused: 'foreign key',
        because: 'it refuses rows whose counterpart is not yet in the other table',
        fix,
      },
      prevents,
      damaged(fix),
    ],
    'PRIMARY KEY': [...(isUnique ? [uniqueness(fix)] : []), prevents],
    UNIQUE: [...(isUnique ? [uniqueness(fix)] : []), prevents],
  };
  return [{ label: `constraint ${definition}`, reasons: reasons[String(type)] ?? [] }];
}

/** A row of an export has no time of a change. */
function notNull(row: SqlRow, { table, columns, present, drops: { alter } }: Found): readonly TableObject[] {
  const name = String(row['first_column']);
  const recorded = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if ((recorded !== undefined && isKey(recorded)) || name === OWN_COLUMNS.deleted) return [];
  const fix = `Allow NULL: ${alter(`ALTER COLUMN ${quote(name)} DROP NOT NULL`)}`;
  const label = `column ${quote(name)}, which is NOT NULL`;
  const column = `${table.table}.${name}`;
  if (recorded !== undefined || name === OWN_COLUMNS.sourceTime) {
    const because =
      recorded === undefined
        ? 'rows of an export have no value there'
        : 'it refuses items without the attribute';
    return [{ label, column, reasons: [{ refused: 'not null', because, fix }] }];
  }
  const hasDefault = present.some((one) => one['name'] === name && one['expression'] !== null);
  if (hasDefault) return [];
  const because = 'it belongs to no attribute and has no default';
  return [{ label, column, reasons: [{ refused: 'not null', because, fix, everyRow: true }] }];
}

/** DuckDB 1.5.5 keeps the foreign key in the other table, and fails with an internal error at the next delete there. */
function damaged(fix: string): Reason {
  return { refused: 'rebuild', because: 'it would damage the other table', fix };
}
