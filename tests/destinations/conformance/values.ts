import assert from 'node:assert/strict';
import type { Cell, Column } from '../../../runtime/item/column';
import { ColumnNames } from '../../../runtime/item/column-name';
import type { Dialect } from '../../../runtime/item/dialect';
import type { Fixture } from '../fixture';
import {
  attribute,
  begin,
  BINARY,
  BOOLEAN,
  canHold,
  checkpoint,
  ID,
  INT64,
  JSON_TYPE,
  loadRows,
  numberType,
  ORDERS,
  sorted,
  TEXT,
  row,
} from './orders';

const NINES = '9'.repeat(38);

/** Columns, and the cells that they have to return unchanged: semantics §D, "Values". */
export const VALUES: readonly { readonly column: Column; readonly cells: readonly Cell[] }[] = [
  {
    column: attribute('text', TEXT),
    cells: [
      '',
      ' ',
      'plain',
      'it\'s "quoted" \\ back',
      'é😀 ﷽',
      '\u0001\u001f\t\n\r\b\f',
      'a\0b',
      '\0',
      'NULL',
      '{"a":1}',
    ],
  },
  {
    column: attribute('long text', TEXT),
    cells: ['x'.repeat(400_000), `${'é'.repeat(2000)}\0${'y'.repeat(2000)}`],
  },
  {
    column: attribute('int64', INT64),
    cells: ['0', '-1', '9223372036854775807', '-9223372036854775807', '42'],
  },
  {
    column: attribute('whole', numberType(38, 0)),
    cells: [NINES, `-${NINES}`, '0', '1', '100000000000000000000000000000000000000'.slice(0, 38)],
  },
  {
    column: attribute('money', numberType(34, 4)),
    cells: ['1.5', '-0.0001', '9'.repeat(34), `${'9'.repeat(34)}.9999`, '0', '100'],
  },
  {
    column: attribute('fraction', numberType(1, 37)),
    cells: [`0.${'0'.repeat(36)}1`, `-9.${'9'.repeat(37)}`, '0.5'],
  },
  {
    column: attribute('any number', numberType(126, 130)),
    cells: [
      `1${'0'.repeat(125)}`,
      `-1${'0'.repeat(125)}`,
      `0.${'0'.repeat(129)}1`,
      `-0.${'0'.repeat(129)}1`,
      `${NINES}${'0'.repeat(88)}`,
      '0',
      '1.5',
    ],
  },
  {
    column: attribute('binary', BINARY),
    cells: [
      new Uint8Array(0),
      new Uint8Array([0]),
      Uint8Array.from({ length: 256 }, (_, i) => i),
      Buffer.alloc(400_000, 7),
    ],
  },
  { column: attribute('boolean', BOOLEAN), cells: [true, false] },
  {
    column: attribute('json', JSON_TYPE),
    cells: [
      '{}',
      '[]',
      'null',
      'true',
      '""',
      '"a\\u0000b"',
      NINES,
      `1${'0'.repeat(125)}`,
      `0.${'0'.repeat(129)}1`,
      '{"":null,"a":{"__proto__":1},"a b":[1,{"c":"é😀"}]}',
      `${'['.repeat(31)}1.10${']'.repeat(31)}`,
      `"${'z'.repeat(400_000)}"`,
    ],
  },
  {
    column: attribute("we\"ird.\n'name' 😀", TEXT),
    cells: ['kept'],
  },
  { column: attribute('x'.repeat(300), TEXT), cells: ['kept'] },
  { column: attribute('select', TEXT), cells: ['kept'] },
];

type Values = typeof VALUES;
type Rows = readonly (readonly Cell[])[];

/** The values that an engine can store, under the names that it gives their columns. */
function valuesFor(dialect: Dialect): Values {
  const names = new ColumnNames(dialect.identifiers, []);
  return VALUES.map(({ column, cells }) => ({
    column: { ...column, name: names.choose(column.attribute, new Set()) },
    cells: cells.filter((cell) => canHold(dialect, cell, column.type.kind)),
  }));
}

/** One row for each value, with NULL elsewhere, and one of only NULLs. */
function allRows(prefix: string, values: Values): readonly (readonly Cell[])[] {
  const rows: (readonly Cell[])[] = [[`${prefix}nulls`, ...values.map(() => null)]];
  values.forEach(({ cells }, column) => {
    cells.forEach((cell, i) => {
      rows.push([`${prefix}${column}/${i}`, ...values.map((_, other) => (other === column ? cell : null))]);
    });
  });
  return rows;
}

export function valuesConformance(open: () => Promise<Fixture>): void {
  describe('values (rule D1)', () => {
    it('D1: returns every value exactly, however it arrived', async () => {
      const fixture = await open();
      const values = valuesFor(fixture.destination.dialect);
      const columns = [ID, ...values.map(({ column }) => column)];
      const store = await begin(fixture, ORDERS, columns);
      const time = 1_700_000_000_000;
      const asUserRow = (cells: readonly Cell[], sourceTime: number | null) =>
        row(Object.fromEntries(columns.map(({ name }, i) => [name, cells[i] ?? null])), sourceTime);
      const changes = (rows: readonly (readonly Cell[])[]) => ({
        columns,
        changes: rows.map((cells) => ({
          action: 'upsert' as const,
          keyText: String(cells[0]),
          sourceTime: time,
          cells,
        })),
      });
      const [loaded, changed, streamed] = ['load ', 'change ', 'stream '].map((prefix) =>
        allRows(prefix, values),
      ) as [Rows, Rows, Rows];
      await loadRows(store, loaded, { columns });
      await store.apply('changes', changes(changed), checkpoint('changed'));
      await store.publish(() => checkpoint('published'));
      await store.apply('visible', changes(streamed), checkpoint('streamed'));
      const expected = [
        ...loaded.map((cells) => asUserRow(cells, null)),
        ...[...changed, ...streamed].map((cells) => asUserRow(cells, time)),
      ];
      const actual = sorted(await fixture.rows(ORDERS));
      sorted(expected).forEach((line, i) =>
        assert.ok(actual[i] === line, `${actual[i]?.slice(0, 300)} ≠ ${line.slice(0, 300)}`),
      );
      assert.equal(actual.length, expected.length);
    });

    it('finds rows by keys of every type', async () => {
      const keys: readonly [Column['type'], 'S' | 'N' | 'B', readonly Cell[]][] = [
        [TEXT, 'S', ['a', 'A', 'a\0', 'a\0b', "'", 'é']],
        [INT64, 'N', ['0', '-7', '9223372036854775807']],
        [numberType(36, 2), 'N', ['0', '-7', '1.5', '1.05', '9'.repeat(36)]],
        [numberType(126, 130), 'N', ['0', '1.5', `1${'0'.repeat(125)}`, `0.${'0'.repeat(129)}1`]],
        [BINARY, 'B', [new Uint8Array([0]), new Uint8Array([0, 0]), new Uint8Array([255])]],
      ];
      for (const [index, [type, keyType, cells]] of keys.entries()) {
        const fixture = await open();
        const target = {
          ...ORDERS,
          pipeline: `keys ${index}`,
          table: `keys${index}`,
          keySchema: { partition: { name: 'p', type: keyType }, sort: { name: 's', type: keyType } },
        };
        const columns: readonly Column[] = [
          { attribute: 'p', name: 'p', type, role: 'partition key' },
          attribute('value', TEXT),
          { attribute: 's', name: 's', type, role: 'sort key' },
        ];
        const store = await begin(fixture, target, columns);
        const held = cells.filter((cell) => canHold(fixture.destination.dialect, cell, type.kind));
        const pairs = held.flatMap((p) => held.map((s) => [p, s] as const));
        await loadRows(
          store,
          pairs.map(([p, s]) => [p, 'loaded', s]),
          { columns },
        );
        await store.publish(() => checkpoint('published'));
        const changes = pairs.map(([p, s], i) => {
          const common = { keyText: String(i), sourceTime: 1000 };
          if (i % 2 === 0) return { ...common, action: 'delete' as const, key: [p, s] };
          return { ...common, action: 'upsert' as const, cells: [p, 'changed', s] };
        });
        await store.apply('visible', { columns, changes }, checkpoint('changed'));
        const expected = pairs.flatMap(([p, s], i) =>
          i % 2 === 0 ? [] : [row({ p, s, value: 'changed' }, 1000)],
        );
        assert.deepEqual(sorted(await fixture.rows(target)), sorted(expected));
      }
    });

    it('stores a checkpoint of any text and any number of shards', async () => {
      const fixture = await open();
      const store = await fixture.destination.lease(ORDERS);
      assert.equal(await store.readCheckpoint(), undefined);
      const names = Array.from({ length: 500 }, (_, i) => [`shardId-${i}`, `{"at":"${i}'\\"é😀"}`] as const);
      await store.save(checkpoint('head \'"é😀\\', Object.fromEntries(names)));
      await store.save(checkpoint('next', { 'shardId-1': null, 'shardId-2': 'moved', 'shardId-new': 'new' }));
      const read = await store.readCheckpoint();
      const expected = new Map<string, string>(names);
      expected.delete('shardId-1');
      expected.set('shardId-2', 'moved').set('shardId-new', 'new');
      assert.equal(read?.head, 'next');
      assert.deepEqual(new Map([...(read?.shards ?? [])].sort()), new Map([...expected].sort()));
      const again = await fixture.reopen();
      assert.deepEqual((await again.destination.inspect(ORDERS.pipeline))?.checkpoint?.shards.size, 500);
    });
  });
}
