import { Client } from 'pg';
import { canonicalJson } from '../destinations/canonical-json';
import {
  type DeadLetterRow,
  type DestinationTable,
  destinationTable,
  type Kind,
  quoted,
  type Reader,
  type Row,
} from './reader';

const ROWS_AT_A_TIME = 1_000;

/** Kind of each type in a user's table. */
const KINDS: Readonly<Record<string, Kind>> = {
  text: 'text',
  numeric: 'number',
  bytea: 'bytes',
  boolean: 'boolean',
  jsonb: 'json',
};

/** A PostgreSQL database, read with plain SQL. */
export class PostgresDatabase implements Reader {
  private constructor(private readonly client: Client) {}

  static async open(url: string): Promise<PostgresDatabase> {
    const client = new Client({ connectionString: url, types: { getTypeParser: () => String } });
    await client.connect();
    return new PostgresDatabase(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  async tables(): Promise<readonly string[]> {
    const rows = await this.rows(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    return rows.map(({ name }) => String(name)).sort();
  }

  async table(source: string): Promise<DestinationTable> {
    const [pipeline] = await this.rows('SELECT * FROM _replicator.pipelines WHERE pipeline LIKE $1', [
      `%/${source.replaceAll('_', '\\_')}`,
    ]);
    if (!pipeline) throw new Error(`No pipeline for ${source}.`);
    const [schema, table] = [String(pipeline['schema_name']), String(pipeline['table_name'])];
    const columns = await this.rows(
      `SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute
         WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
      [`${quoted(schema)}.${quoted(table)}`],
    );
    const definitions = await this.rows(
      'SELECT definition FROM _replicator.columns WHERE number = $1 ORDER BY position',
      [pipeline['number']],
    );
    return destinationTable(
      { schema, table },
      definitions.map(({ definition }) => definition),
      new Map(columns.map(({ attname, type }) => [String(attname), String(type)])),
      kindOf,
    );
  }

  async *read({ schema, table, columns, soft }: DestinationTable): AsyncGenerator<Row, void, undefined> {
    const cells = columns.map(({ name, kind }) =>
      // PostgreSQL breaks base64 into lines.
      kind === 'bytes' ? `translate(encode(${quoted(name)}, 'base64'), E'\\n', '')` : `${quoted(name)}::text`,
    );
    const time = 'round(extract(epoch FROM __source_time) * 1000)::bigint';
    const deleted = soft ? '__deleted' : 'NULL';
    await this.client.query('BEGIN');
    await this.client.query(
      `DECLARE everything NO SCROLL CURSOR FOR SELECT ${[...cells, time, deleted].join(', ')}
         FROM ${quoted(schema)}.${quoted(table)}`,
    );
    for (;;) {
      const { rows } = await this.client.query<(string | null)[]>({
        text: `FETCH ${ROWS_AT_A_TIME} FROM everything`,
        rowMode: 'array',
      });
      for (const row of rows) {
        const millis = row[columns.length] ?? null;
        yield {
          cells: columns.map(({ kind }, i) => {
            const cell = row[i] ?? null;
            return cell !== null && kind === 'json' ? canonicalJson(cell) : cell;
          }),
          sourceTime: millis === null ? null : Number(millis),
          deleted: soft ? row[columns.length + 1] === 't' : undefined,
        };
      }
      if (rows.length === 0) break;
    }
    await this.client.query('COMMIT');
  }

  async deadLetters(source: string): Promise<readonly DeadLetterRow[]> {
    const rows = await this.rows(
      `SELECT key, item, reason FROM _replicator.dead_letters d JOIN _replicator.pipelines p USING (number)
         WHERE stage = 'visible' AND pipeline LIKE $1`,
      [`%/${source.replaceAll('_', '\\_')}`],
    );
    return rows.map(({ key, item, reason }) => ({
      key: String(key),
      item: String(item),
      reason: String(reason),
    }));
  }

  private async rows(
    sql: string,
    values: unknown[] = [],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.client.query<Record<string, unknown>>(sql, values)).rows;
  }
}

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`Unexpected column type: ${type}.`);
  return kind;
}
