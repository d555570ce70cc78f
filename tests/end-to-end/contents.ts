import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { DuckDBBlobValue, DuckDBDecimalValue, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { AttributeValue, Item, Simulator } from '../../simulator';
import { type Json, readJson } from '../runtime/item/exact-json';
import { BUCKET, type SourceTable } from './source';

type Row = Readonly<Record<string, DuckDBValue>>;

/** Queries a DuckDB file that no process holds, by DuckDB alone. */
export async function query(file: string, sql: string): Promise<readonly Row[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowObjects();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}

/** Every row and cell of a destination table is what the source table's items say, by a mapping of our own. */
export async function assertEqual(file: string, table: SourceTable, context: string): Promise<void> {
  const types = await columnTypes(file, table.name);
  const rows = await query(file, `SELECT * FROM "${table.name}"`);
  const items = new Map(table.items().map((item) => [itemKey(item), item]));
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const row of rows) {
    const key = `${String(row['customer'])}/${String(row['number'])}`;
    const item = items.get(key);
    if (seen.has(key)) problems.push(`${key} stands there twice`);
    else if (!item) problems.push(`${key} should have been deleted`);
    else problems.push(...differences(row, item, types).map((difference) => `${key}: ${difference}`));
    seen.add(key);
  }
  for (const key of items.keys()) if (!seen.has(key)) problems.push(`${key} is missing`);
  assert.equal(
    problems.length,
    0,
    `${table.name} differs in ${problems.length} places (${context}):\n${problems.slice(0, 10).join('\n')}`,
  );
  assert.equal(rows.length, items.size, context);
}

/** Every data file of the table's last export stands in the ledger once, with as many items as it has lines. */
export async function assertLoadedOnce(file: string, simulator: Simulator, context: string): Promise<void> {
  const rows = await query(
    file,
    'SELECT file, items::INTEGER AS items FROM _replicator.ledger ORDER BY file',
  );
  const ledger = rows.map((row) => ({ file: String(row['file']), items: Number(row['items']) }));
  const folder = ledger[0]?.file.replace(/[^/]*$/, '') ?? '';
  assert.deepEqual(ledger, dataFiles(simulator, folder), context);
}

function dataFiles(simulator: Simulator, folder: string): { file: string; items: number }[] {
  const { objects } = simulator.store.listObjects(BUCKET, { prefix: folder });
  return objects.map(({ key, object }) => ({ file: key, items: lineCount(gunzipSync(object.body)) }));
}

function lineCount(data: Buffer): number {
  return data.toString('utf8').split('\n').length - 1;
}

async function columnTypes(file: string, table: string): Promise<ReadonlyMap<string, string>> {
  const rows = await query(
    file,
    `SELECT column_name, data_type FROM information_schema.columns
       WHERE table_schema = 'main' AND table_name = '${table}' AND column_name <> '__source_time'`,
  );
  return new Map(rows.map((row) => [String(row['column_name']), String(row['data_type'])]));
}

function itemKey(item: Item): string {
  const { customer, number } = item as { customer: { S: string }; number: { N: string } };
  return `${customer.S}/${number.N}`;
}

function differences(row: Row, item: Item, types: ReadonlyMap<string, string>): string[] {
  const unknown = Object.keys(item).filter((name) => !types.has(name) && !('NULL' in (item[name] as object)));
  return [
    ...unknown.map((name) => `${name} has no column`),
    ...[...types].flatMap(([name, type]) => {
      const found = canonical(row[name] ?? null, type);
      const wanted = expected(item[name], type);
      return found === wanted ? [] : [`${name} (${type}) is ${found}, not ${wanted}`];
    }),
  ];
}

/** A cell as text that is the same for equal values only. */
function canonical(value: DuckDBValue, type: string): string {
  if (value === null) return 'NULL';
  if (value instanceof DuckDBBlobValue) return `bytes ${Buffer.from(value.bytes).toString('hex')}`;
  if (value instanceof DuckDBDecimalValue || typeof value === 'bigint') return number(value.toString());
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return type === 'JSON' ? jsonText(readJson(value)) : `text ${value}`;
  throw new Error(`a user's table holds ${String(value)}, of type ${type}`);
}

function expected(value: AttributeValue | undefined, type: string): string {
  if (value === undefined || 'NULL' in value) return 'NULL';
  if (type === 'JSON') return jsonText(document(value));
  if ('S' in value) return `text ${value.S}`;
  if ('N' in value) return type === 'VARCHAR' ? `text ${value.N}` : number(value.N);
  if ('B' in value) return `bytes ${Buffer.from(value.B, 'base64').toString('hex')}`;
  if ('BOOL' in value) return String(value.BOOL);
  return `nothing that ${type} could hold`;
}

/** A value inside a document: docs/ARCHITECTURE.md, "Values in the destination". */
function document(value: AttributeValue): Json {
  if ('S' in value) return { string: value.S };
  if ('N' in value) return { number: value.N };
  if ('B' in value) return { string: value.B };
  if ('BOOL' in value) return { word: value.BOOL ? 'true' : 'false' };
  if ('NULL' in value) return { word: 'null' };
  if ('L' in value) return { array: value.L.map(document) };
  if ('M' in value) return { object: Object.entries(value.M).map(([name, each]) => [name, document(each)]) };
  if ('SS' in value) return { array: [...value.SS].sort().map((string) => ({ string })) };
  throw new Error(`the writer makes no ${Object.keys(value).join()}`);
}

function jsonText(json: Json): string {
  if ('string' in json) return JSON.stringify(json.string);
  if ('number' in json) return number(json.number);
  if ('word' in json) return json.word;
  if ('array' in json) return `[${json.array.map(jsonText).join()}]`;
  const entries = json.object.map(([name, each]) => `${JSON.stringify(name)}:${jsonText(each)}`);
  return `{${entries.sort().join()}}`;
}

/** The writer's numbers are plain decimals; a column may pad their fraction with zeros. */
function number(plain: string): string {
  return `number ${plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain}`;
}
