import { quote } from '../../relational/sql';
import type { SqlRow } from '../session';
import { dropIndex } from './drops';
import { type Found, isOverKey, uniqueness } from './found';
import { unquoted } from './generated';
import type { Reason, TableObject } from './table-object';

/** In a list such as `[note, '(lower(note))']`. */
const EXPRESSION = /(?:^\[|, )'?\(/;

/** Any index prevents a change of type, of any column. */
export function indexObject(row: SqlRow, { columns }: Found): TableObject {
  const [name, schema] = [String(row['name']), String(row['schema'])];
  // `CREATE INDEX by_note ON orders(note);`
  const [, on = ''] = /^CREATE .*? ON (?:"(?:[^"]|"")*"|[^"(])*\((.*)\);?$/s.exec(String(row['sql'])) ?? [];
  const isUnique = row['is_unique'] === true && !isOverKey(on.split(', ').map(unquoted), columns);
  const fix = `Drop it: ${dropIndex({ schema, table: name })}`;
  const reasons: Reason[] = [];
  if (isUnique) reasons.push(uniqueness(fix));
  if (EXPRESSION.test(String(row['expressions'])))
    reasons.push({
      refused: 'expression',
      because: 'its expression is evaluated for every row, and may fail',
      fix,
    });
  reasons.push(
    {
      refused: 'type',
      because: 'it prevents a change of a column’s type, which new values may need',
      fix,
    },
    { refused: 'rebuild', because: 'it would be lost', fix },
  );
  return { label: `${row['is_unique'] === true ? 'unique ' : ''}index ${quote(name)} (${on})`, reasons };
}
