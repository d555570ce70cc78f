import { quote } from '../../relational/sql';
import type { SqlRow } from '../session';

/** Whether a column is a generated one. The catalog shows this only in the definition of the table. */
export function isGenerated({ name, type, sql }: SqlRow): boolean {
  return [String(name), quote(String(name))].some((spelled) =>
    ['(', ', '].some((before) =>
      String(sql).includes(`${before}${spelled} ${String(type)} GENERATED ALWAYS AS`),
    ),
  );
}

/**
 * The names of the generated columns that refer to a column, also through each other, in an order in which they can be
 * dropped.
 * @param present the columns of the table
 */
export function generatedOver(column: string, present: readonly SqlRow[]): readonly string[] {
  const generated = present.filter(isGenerated);
  const found: string[] = [];
  for (let from: readonly string[] = [column]; from.length > 0; ) {
    const next = generated
      .filter(({ expression }) => from.some((name) => refersTo(String(expression), name)))
      .map(({ name }) => String(name));
    // One that refers to another of them goes before it, so it comes later here.
    for (const name of next) if (found.includes(name)) found.splice(found.indexOf(name), 1);
    found.push(...next);
    from = next;
  }
  return found.reverse();
}

/** Whether an expression, as DuckDB prints it, has the name of a column in it. */
function refersTo(expression: string, column: string): boolean {
  const names =
    expression.replace(/'(?:[^']|'')*'/g, '').match(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return names.some((name) => unquoted(name).toLowerCase() === column.toLowerCase());
}

/** A name as DuckDB prints it in SQL: in quotes only where it needs them. */
export function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
