import { RESERVED_PREFIX } from '../../item/reserved-names';

/** An identifier for SQL text, always quoted. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text for SQL text, in statements for people. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * A whole number for SQL text, where it cannot be a parameter.
 * @throws RangeError for any other value, whatever its static type
 */
export function integer(value: number | bigint): string {
  const text = String(value);
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (!isWhole || !/^-?\d+$/.test(text)) throw new RangeError('SQL text takes whole numbers only');
  return text;
}

/** A name of ours for SQL text that also contains names of users: an alias, a derived column, a temporary table. */
export function own(name: string): string {
  return `${RESERVED_PREFIX}${name}`;
}

/** The name of a table for SQL text. */
export interface TableName {
  /** For databases where one session sees several. */
  readonly catalog?: string;
  readonly schema: string;
  readonly table: string;
}

export function qualified({ catalog, schema, table }: TableName): string {
  return [...(catalog === undefined ? [] : [catalog]), schema, table].map(quote).join('.');
}

/** `a."k1" = b."k1" AND …` */
export function equalOn(left: string, right: string, names: readonly string[]): string {
  return names.map((name) => `${left}.${quote(name)} = ${right}.${quote(name)}`).join(' AND ');
}

/** `a."c1", a."c2", …` */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? quote(name) : `${alias}.${quote(name)}`)).join(', ');
}
