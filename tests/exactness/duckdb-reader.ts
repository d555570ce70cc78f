import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  type DeadLetterRow,
  type DestinationTable,
  destinationTable,
  type Kind,
  quoted,
  type Reader,
  type Row,
} from './reader';

/** A DuckDB file that nobody else has open, accessed with plain SQL. */
export class DuckDBFile implements Reader {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(path: string): Promise<DuckDBFile> {
    const instance = await DuckDBInstance.create(path);
    return new DuckDBFile(instance, await instance.connect());
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  async rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjects();
  }

  async tables(): Promise<readonly string[]> {
    const rows = await this.rows(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables`,
    );
    return rows.map(({ name }) => String(name)).sort();
  }

  async table(source: string): Promise<DestinationTable> {
    const pipelines = await this.rows('SELECT * FROM _replicator.pipelines');
    const pipeline = pipelines.find((line) => String(line['pipeline']).endsWith(`/${source}`));
    if (!pipeline) throw new Error(`No pipeline for ${source}.`);
    const [schema, table] = [String(pipeline['schema_name']), String(pipeline['table_name'])];
    const types = new Map(
      (await this.rows(`DESCRIBE ${quoted(schema)}.${quoted(table)}`)).map((line) => [
        String(line['column_name']),
        String(line['column_type']),
      ]),
    );
    const definitions = await this.rows(
      `SELECT definition FROM _replicator.columns WHERE pipeline = '${String(pipeline['pipeline'])}' ORDER BY position`,
    );
    return destinationTable(
      { schema, table },
      definitions.map(({ definition }) => definition),
      types,
      kindOf,
    );
  }

  async *read({ schema, table, columns, soft }: DestinationTable): AsyncGenerator<Row, void, undefined> {
    const cells = columns.map(({ name, kind }) =>
      kind === 'bytes' ? `to_base64(${quoted(name)})` : `${quoted(name)}::VARCHAR`,
    );
    const deleted = soft ? 'CASE __deleted WHEN true THEN 1 WHEN false THEN 0 END' : '0';
    const sql = `SELECT ${[...cells, 'epoch_ms(__source_time)::VARCHAR', deleted].join(', ')}
      FROM ${quoted(schema)}.${quoted(table)}`;
    const result = await this.connection.stream(sql);
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const row of chunk.getRows()) {
        const values = row.slice(0, columns.length) as (string | null)[];
        const time = row[columns.length];
        yield {
          cells: values,
          sourceTime: time === null ? null : Number(time),
          deleted: soft ? row[columns.length + 1] === 1 : undefined,
        };
      }
    }
  }

  async deadLetters(source: string): Promise<readonly DeadLetterRow[]> {
    const rows = await this.rows(
      `SELECT key, item, reason FROM _replicator.dead_letters WHERE stage = 'visible' AND pipeline LIKE '%/${source}'`,
    );
    return rows.map(({ key, item, reason }) => ({
      key: String(key),
      item: String(item),
      reason: String(reason),
    }));
  }
}

function kindOf(type: string): Kind {
  if (type === 'VARCHAR') return 'text';
  if (type === 'BLOB') return 'bytes';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'JSON') return 'json';
  if (type === 'BIGINT' || type.startsWith('DECIMAL')) return 'number';
  throw new Error(`Unexpected column type: ${type}.`);
}
