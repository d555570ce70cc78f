import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readJson } from '../../bench/contenders/read-json-sql';
import { exportLines, SHAPES, type Shape } from '../../bench/shapes/shapes';
import { exactCatalog } from './exact-catalog';

/** The columns that DuckDB's read_json produces from some items. */
async function read(shape: Shape, documents: 'plain' | 'as they are'): Promise<Record<string, unknown>[]> {
  const generator = exportLines(shape, 1, 0);
  const lines = Array.from({ length: 300 }, () => generator.next().value);
  const items = lines.map((line) => (JSON.parse(line) as { Item: Record<string, object> }).Item);
  const { itemType, expressions } = readJson(items, exactCatalog(lines.join('')).columns, documents);
  const folder = await mkdtemp(join(tmpdir(), 'replicator-read-json-'));
  const instance = await DuckDBInstance.create(':memory:');
  try {
    await writeFile(join(folder, 'items.json'), lines.join(''));
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      `SELECT ${expressions.join(', ')} FROM read_json('${join(folder, 'items.json')}',
        columns = {'Item': '${itemType}'}, format = 'newline_delimited')`,
    );
    return reader.getRowObjectsJson();
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}

describe("bench: DuckDB's own read_json produces the same rows as our load", () => {
  for (const shape of SHAPES) {
    it(`${shape}: a row per item, with the attributes that it has`, async () => {
      const rows = await read(shape, 'plain');
      assert.equal(rows.length, 300);
      const [row] = rows;
      assert.equal(String(row?.['id']).split('-').at(-1), '0');
      const [{ Item: item }] = [...exportLinesOf(shape)] as [
        { Item: Record<string, Record<string, unknown>> },
      ];
      for (const [name, value] of Object.entries(item)) {
        assert.equal(row?.[name] === null, value['NULL'] === true, name);
      }
    });
  }

  it('nested: documents are plain JSON, numbers included', async () => {
    const [row] = await read('nested', 'plain');
    const [variant] = JSON.parse(String(row?.['variants'])) as Record<string, unknown>[];
    assert.deepEqual(variant?.['measures'], [0, 2.5, 3.75]);
    assert.equal(variant?.['active'], true);
    assert.deepEqual(JSON.parse(String(row?.['sizes'])), [36, 38.5, 40, 42.25]);
  });

  it('nested: or left as DynamoDB JSON', async () => {
    const [row] = await read('nested', 'as they are');
    const { L } = JSON.parse(String(row?.['variants'])) as { L: { M: { active: unknown } }[] };
    assert.deepEqual(L[0]?.M.active, { BOOL: true });
  });
});

function exportLinesOf(shape: Shape): object[] {
  return [JSON.parse(exportLines(shape, 1, 0).next().value) as object];
}
