import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { RowColumns } from '../../../runtime/destinations/duckdb/parquet/row-columns';
import { RowFile } from '../../../runtime/destinations/duckdb/parquet/row-file';
import type { Cell, ColumnType } from '../../../runtime/item/column';
import { RowCells } from '../../../runtime/item/row-cells';
import { anyText, runs } from '../../runtime/item/arbitraries';
import { BINARY, BOOLEAN, INT64, JSON_TYPE, numberType, TEXT } from '../conformance/orders';
import { cellOf } from '../duckdb-fixture';

/** Canonical digits with at most this many before and after the point. */
function digits(integerDigits: number, scale: number): fc.Arbitrary<string> {
  const of = (most: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: most });
  return fc.tuple(fc.boolean(), of(integerDigits), of(scale)).map(([negative, before, after]) => {
    const whole = before.replace(/^0+/, '') || '0';
    const fraction = after.replace(/0+$/, '');
    const text = fraction === '' ? whole : `${whole}.${fraction}`;
    return negative && text !== '0' ? `-${text}` : text;
  });
}

const KINDS: readonly {
  readonly type: ColumnType;
  readonly sql: string;
  readonly cell: fc.Arbitrary<Cell>;
}[] = [
  { type: TEXT, sql: 'VARCHAR', cell: anyText() },
  {
    type: TEXT,
    sql: 'VARCHAR',
    cell: fc.tuple(anyText(), fc.integer({ min: 0, max: 90 })).map(([text, times]) => text.repeat(times)),
  },
  { type: JSON_TYPE, sql: 'JSON', cell: fc.json().filter((text) => !/\\u[dD]/.test(text)) },
  { type: BINARY, sql: 'BLOB', cell: fc.uint8Array({ maxLength: 60 }) },
  { type: BOOLEAN, sql: 'BOOLEAN', cell: fc.boolean() },
  { type: INT64, sql: 'BIGINT', cell: fc.bigInt({ min: 1n - 2n ** 63n, max: 2n ** 63n - 1n }).map(String) },
  { type: numberType(18, 0), sql: 'DECIMAL(38,0)', cell: digits(18, 0) },
  { type: numberType(12, 6), sql: 'DECIMAL(38,6)', cell: digits(12, 6) },
  { type: numberType(1, 18), sql: 'DECIMAL(38,18)', cell: digits(1, 18) },
  { type: numberType(38, 0), sql: 'DECIMAL(38,0)', cell: digits(38, 0) },
  { type: numberType(1, 37), sql: 'DECIMAL(38,37)', cell: digits(1, 37) },
  { type: numberType(126, 130), sql: 'VARCHAR', cell: digits(38, 38) },
];

type Rows = readonly (readonly Cell[])[];

/** Columns of some of the kinds, with rows in which each column has its own share of NULLs. */
const anyRows: fc.Arbitrary<{ readonly columns: typeof KINDS; readonly rows: Rows }> = fc
  .array(fc.tuple(fc.constantFrom(...KINDS), fc.constantFrom(0, 0, 1, 5, 30)), { minLength: 1, maxLength: 8 })
  .chain((chosen) => {
    const columns = chosen.map(([kind]) => kind);
    const row = fc.tuple(
      ...chosen.map(([{ cell }, nulls]) =>
        nulls === 0
          ? cell
          : fc.oneof({ weight: nulls, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: cell }),
      ),
    );
    return fc.array(row, { maxLength: 60, size: 'max' }).map((rows) => ({ columns, rows }));
  });

describe('destination duckdb: rows through a file', () => {
  let folder: string;
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-rows-'));
    instance = await DuckDBInstance.create(':memory:', { preserve_insertion_order: 'true' });
    connection = await instance.connect();
  });
  after(() => {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What DuckDB reads from the file: the types of the columns, and the cells. */
  async function found(rows: RowColumns): Promise<{ types: readonly string[]; rows: Rows }> {
    const file = await RowFile.write(join(folder, 'test.duckdb'), rows.toFile());
    try {
      const reader = await connection.runAndReadAll(
        `SELECT ${rows.expressions().join(', ')} FROM ${file.sql}`,
      );
      const types = reader.columnTypes().map((type) => type.alias ?? type.toString());
      return { types, rows: reader.getRows().map((row) => row.map(cellOf)) };
    } finally {
      await file.remove();
    }
  }

  it('D1: returns every cell of every type from a row file', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async ({ columns, rows }) => {
        const types = columns.map(({ type }) => type);
        const read = await found(RowColumns.of(types, rows));
        assert.deepEqual(
          read.types,
          columns.map(({ sql }) => sql),
        );
        assert.deepEqual(read.rows, rows);
      }),
      runs(150),
    );
  });

  it('D1: writes all rows to the file except those that were rewound', async () => {
    const steps = anyRows.chain(({ columns, rows }) =>
      fc.record({
        columns: fc.constant(columns),
        rows: fc.constant(rows),
        ends: fc.array(fc.constantFrom('keep', 'rewind', ...Array<'nothing'>(12).fill('nothing')), {
          minLength: rows.length,
          maxLength: rows.length,
        }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(steps, async ({ columns, rows, ends }) => {
        const types = columns.map(({ type }) => type);
        const collected = new RowColumns(types);
        const cells = new RowCells(types);
        let kept: Rows = [];
        let taken: Rows = [];
        rows.forEach((row, i) => {
          cells.clear();
          row.forEach((cell, column) => cells.set(column, cell));
          collected.row(cells);
          taken = [...taken, row];
          if (ends[i] === 'keep') {
            collected.keep();
            kept = taken;
          } else if (ends[i] === 'rewind') {
            collected.rewind();
            taken = kept;
          }
        });
        assert.deepEqual((await found(collected)).rows, taken);
      }),
      runs(100),
    );
  });

  it('D1: returns the largest cells, and long runs of rows with and without a value', async () => {
    const types = [TEXT, JSON_TYPE, BINARY, BOOLEAN, INT64, numberType(38, 0), TEXT];
    const count = 30_000;
    const row = (i: number): readonly Cell[] => [
      i % 10_000 === 7 ? 'é'.repeat(200_000) : i % 3 === 0 ? '' : `row ${i}`,
      i % 10_000 === 8 ? `"${'z'.repeat(400_000)}"` : null,
      i % 10_000 === 9 ? Buffer.alloc(400_000, i) : i > 20_000 ? new Uint8Array(0) : null,
      i > 9_000 && i < 21_000 ? null : i % 5 === 0,
      i === count - 1 ? '-9223372036854775807' : null,
      i < 100 ? '9'.repeat(38) : null,
      null,
    ];
    const rows = Array.from({ length: count }, (_, i) => row(i));
    const collected = RowColumns.of(types, rows);
    assert.ok(collected.bytes > 9 * 400_000);
    const read = await found(collected);
    assert.equal(read.rows.length, count);
    assert.equal(
      read.rows.findIndex((cells, i) => cells.some((cell, c) => !same(cell, rows[i]![c]!))),
      -1,
    );
    collected.clear();
    assert.ok(collected.isEmpty);
    assert.deepEqual((await found(collected)).rows, []);
  });

  it('D1: returns a thousand columns', async () => {
    const types = Array.from({ length: 1000 }, (_, i) => KINDS[i % KINDS.length]!.type);
    const samples = fc.sample(fc.tuple(...types.map((_, i) => KINDS[i % KINDS.length]!.cell)), runs(1));
    const rows = Array.from({ length: 50 }, (_, i) =>
      samples[0]!.map((cell, column) => ((column + i) % 7 === 0 ? cell : null)),
    );
    assert.deepEqual((await found(RowColumns.of(types, rows))).rows, rows);
  });

  it('takes cells from the decoded block and from the scratch buffer', async () => {
    const cells = new RowCells([TEXT, TEXT]);
    const collected = new RowColumns([TEXT, TEXT]);
    cells.set(0, 'rewritten');
    cells.block = Buffer.from('{"S":"as it stands"}');
    [cells.starts[1], cells.ends[1], cells.flags[1]] = [6, 18, 0];
    collected.row(cells);
    assert.deepEqual((await found(collected)).rows, [['rewritten', 'as it stands']]);
  });
});

function same(a: Cell | undefined, b: Cell): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.from(a).equals(b);
  return a === b;
}
