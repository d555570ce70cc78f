/** What a column holds, whatever its database calls that. */
export type Kind = 'text' | 'number' | 'bytes' | 'boolean' | 'json';

/** A column as the destination has it, beside `__source_time` and `__deleted`. */
export interface DestinationColumn {
  readonly attribute: string;
  readonly name: string;
  readonly role: string;
  /** As the database names it. */
  readonly type: string;
  /** Numbers too wide for any type of numbers stand in a text. */
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

/** A destination, read by its database's own client and nothing of the runtime's. */
export interface Reader {
  /** The names of all tables, each with its schema. */
  tables(): Promise<readonly string[]>;
  /** What the replicator's own tables say of a source table, and the database of its columns' types. */
  table(source: string): Promise<DestinationTable>;
  read(table: DestinationTable): AsyncGenerator<Row, void, undefined>;
  deadLetters(source: string): Promise<readonly DeadLetterRow[]>;
  close(): void | Promise<void>;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * A table from what is recorded of its columns and what the database says of them.
 * @param types column → type; @param kindOf what a type holds
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
    if (type === undefined) throw new Error(`column ${column} of ${attribute} is not there`);
    unknown.delete(column);
    return { attribute, name: column, role, type, kind: kindOf(type) };
  });
  const soft = unknown.delete('__deleted');
  unknown.delete('__source_time');
  if (unknown.size > 0) throw new Error(`nobody knows the columns ${[...unknown.keys()].join(', ')}`);
  const layout = columns.some(({ role }) => role === 'document') ? 'document' : 'columns';
  return { ...name, layout, columns, soft };
}
