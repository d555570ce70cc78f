/** What a column holds, independent of the database's type names. */
export type Kind = 'text' | 'number' | 'bytes' | 'boolean' | 'json';

/** A column of the destination, other than `__source_time` and `__deleted`. */
export interface DestinationColumn {
  readonly attribute: string;
  readonly name: string;
  readonly role: string;
  /** The database's name of the type. */
  readonly type: string;
  /** Numbers that are too large for a numeric type are `text`. */
  readonly kind: Kind;
}

export interface DestinationTable {
  readonly schema: string;
  readonly table: string;
  readonly layout: 'columns' | 'document';
  readonly columns: readonly DestinationColumn[];
  readonly soft: boolean;
}

/** Cells as text, bytes as base64. */
export interface Row {
  readonly cells: readonly (string | null)[];
  readonly sourceTime: number | null;
  readonly deleted: boolean | undefined;
}

export interface DeadLetterRow {
  readonly key: string;
  readonly item: string;
  readonly reason: string;
}

/** A destination, read with its database's own client and without the runtime's code. */
export interface Reader {
  /** The names of all tables, each with its schema. */
  tables(): Promise<readonly string[]>;
  /** A source table's columns as the replicator recorded them, with the types in the database. */
  table(source: string): Promise<DestinationTable>;
  read(table: DestinationTable): AsyncGenerator<Row, void, undefined>;
  deadLetters(source: string): Promise<readonly DeadLetterRow[]>;
  close(): void | Promise<void>;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * A table from its recorded columns and their types in the database.
 * @param types column → type; @param kindOf kind of a type
 */
export function destinationTable(
  name: Pick<DestinationTable, 'schema' | 'table'>,
  definitions: readonly unknown[],
  types: ReadonlyMap<string, string>,
  kindOf: (type: string) => Kind,
): DestinationTable {
  const unknown = new Map(types);
  const columns = definitions.map((definition) => {
    const { attribute, name: column, role } = JSON.parse(String(definition)) as DestinationColumn;
    const type = unknown.get(column);
    if (type === undefined) throw new Error(`Column ${column} of attribute ${attribute} is missing.`);
    unknown.delete(column);
    return { attribute, name: column, role, type, kind: kindOf(type) };
  });
  const soft = unknown.delete('__deleted');
  unknown.delete('__source_time');
  if (unknown.size > 0) throw new Error(`Unrecorded columns: ${[...unknown.keys()].join(', ')}.`);
  const layout = columns.some(({ role }) => role === 'document') ? 'document' : 'columns';
  return { ...name, layout, columns, soft };
}
