import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { AttributeValue, Item, Simulator } from '../../simulator';
import { canonicalJson } from '../destinations/canonical-json';
import { type Json, readJson } from '../runtime/item/exact-json';
import { type Kind, query, readReplica, type Row } from './replica';
import { BUCKET, type SourceTable } from './source';

/** Asserts that every row and cell of a destination table matches the source table's items, by the test's own mapping. */
export async function assertEqual(to: string, table: SourceTable, context: string): Promise<void> {
  const { columns, rows } = await readReplica(to, table.name);
  const items = new Map(table.items().map((item) => [itemKey(item), item]));
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const row of rows) {
    const key = `${String(row['customer'])}/${String(row['number'])}`;
    const item = items.get(key);
    if (seen.has(key)) problems.push(`${key} has two rows`);
    else if (!item) problems.push(`${key} should have been deleted`);
    else problems.push(...differences(row, item, columns).map((difference) => `${key}: ${difference}`));
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

/** Asserts that every data file of the table's last export is in the ledger once, with as many items as it has lines. */
export async function assertLoadedOnce(to: string, simulator: Simulator, context: string): Promise<void> {
  const rows = await query(to, 'SELECT file, items FROM _replicator.ledger');
  const ledger = rows
    .map((row) => ({ file: String(row['file']), items: Number(row['items']) }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
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

function itemKey(item: Item): string {
  const { customer, number } = item as { customer: { S: string }; number: { N: string } };
  return `${customer.S}/${number.N}`;
}

function differences(row: Row, item: Item, columns: ReadonlyMap<string, Kind>): string[] {
  const unknown = Object.keys(item).filter(
    (name) => !columns.has(name) && !('NULL' in (item[name] as object)),
  );
  return [
    ...unknown.map((name) => `${name} has no column`),
    ...[...columns].flatMap(([name, kind]) => {
      const found = canonical(row[name] ?? null, kind);
      const wanted = expected(item[name], kind);
      return found === wanted ? [] : [`${name} (${kind}) is ${found}, not ${wanted}`];
    }),
  ];
}

/** A cell as canonical text: equal only for equal values. */
function canonical(cell: string | null, kind: Kind): string {
  if (cell === null) return 'NULL';
  if (kind === 'json') return jsonText(readJson(canonicalJson(cell)));
  return kind === 'number' ? number(cell) : `${kind} ${cell}`;
}

function expected(value: AttributeValue | undefined, kind: Kind): string {
  if (value === undefined || 'NULL' in value) return 'NULL';
  if (kind === 'json') return jsonText(document(value));
  if ('S' in value) return `text ${value.S}`;
  if ('N' in value) return kind === 'text' ? `text ${value.N}` : number(value.N);
  if ('B' in value) return `bytes ${Buffer.from(value.B, 'base64').toString('hex')}`;
  if ('BOOL' in value) return `boolean ${value.BOOL}`;
  return `nothing that ${kind} could hold`;
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

/** The writer's numbers are plain decimals. A column may add trailing zeros. */
function number(plain: string): string {
  return `number ${plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain}`;
}
