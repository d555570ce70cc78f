/** An identifier for SQL text, always quoted. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A schema's table for SQL text. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

export function qualified({ schema, table }: TableName): string {
  return `${quote(schema)}.${quote(table)}`;
}

/** `a."k1" = b."k1" AND …` */
export function equalOn(left: string, right: string, names: readonly string[]): string {
  return names.map((name) => `${left}.${quote(name)} = ${right}.${quote(name)}`).join(' AND ');
}

/** `a."c1", a."c2", …` */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? quote(name) : `${alias}.${quote(name)}`)).join(', ');
}
