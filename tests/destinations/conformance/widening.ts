import type { Cell, Column, ColumnType } from '../../../runtime/item/column';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import type { Dialect } from '../../../runtime/item/dialect';
import type { Fixture } from '../fixture';
import assert from 'node:assert/strict';
import {
  assertRows,
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
  row,
  TEXT,
} from './orders';
import { openLoad } from './rows-load';

interface Widening {
  readonly from: ColumnType;
  readonly to: ColumnType;
  /** Cells before → the same values in the wider column */
  readonly cells: readonly (readonly [Cell, Cell])[];
}

const same = (...cells: readonly string[]): readonly (readonly [Cell, Cell])[] =>
  cells.map((cell) => [cell, cell]);
const INT64_CELLS = same('0', '-1', '10', '9223372036854775807', '-9223372036854775807');
const MONEY_CELLS = same('1.5', '-0.0001', '100', '0', '9'.repeat(20), '-12.3456');
const TEXT_CELLS = [
  '',
  'plain',
  '"\\/\'',
  'é😀',
  'a\0b',
  '\u0001\b\t\n\f\r\u001f\u007f',
  '\\u0041',
  '1.50',
  '{}',
];
const EXTREMES = [`1${'0'.repeat(125)}`, `-0.${'0'.repeat(129)}1`, '7', '1.05'];
const BYTES = [
  new Uint8Array(0),
  new Uint8Array([0, 255, 62, 63]),
  Uint8Array.from({ length: 100 }, (_, i) => i),
];

/** Every step of the lattice, with values at its edges. */
const WIDENINGS: readonly Widening[] = [
  { from: INT64, to: numberType(20, 0), cells: INT64_CELLS },
  { from: INT64, to: numberType(19, 19), cells: INT64_CELLS },
  { from: INT64, to: numberType(19, 20), cells: INT64_CELLS },
  { from: numberType(20, 4), to: numberType(20, 18), cells: MONEY_CELLS },
  { from: numberType(20, 4), to: numberType(35, 4), cells: MONEY_CELLS },
  { from: numberType(38, 0), to: numberType(38, 1), cells: same('9'.repeat(38), '10', '0') },
  { from: numberType(1, 37), to: numberType(2, 37), cells: same(`0.${'0'.repeat(36)}1`, '0.5', '-9', '0') },
  { from: numberType(126, 0), to: numberType(126, 130), cells: same(`1${'0'.repeat(125)}`, '10') },
  { from: INT64, to: JSON_TYPE, cells: INT64_CELLS },
  { from: numberType(20, 4), to: JSON_TYPE, cells: MONEY_CELLS },
  { from: numberType(126, 130), to: JSON_TYPE, cells: same(...EXTREMES) },
  { from: TEXT, to: JSON_TYPE, cells: TEXT_CELLS.map((cell) => [cell, JSON.stringify(cell)]) },
  {
    from: BINARY,
    to: JSON_TYPE,
    cells: BYTES.map((cell) => [cell, `"${Buffer.from(cell).toString('base64')}"`]),
  },
  {
    from: BOOLEAN,
    to: JSON_TYPE,
    cells: [
      [true, 'true'],
      [false, 'false'],
    ],
  },
];

const BEFORE: readonly Column[] = [ID, ...WIDENINGS.map(({ from }, i) => attribute(`c${i}`, from))];
const AFTER: readonly Column[] = [
  ID,
  ...WIDENINGS.map(({ to }, i) => attribute(`c${i}`, to)),
  attribute('new', TEXT),
];

/** @param side 0: the cells before the widening, 1: after it. NULL where the engine cannot store the value */
function rowsOf(dialect: Dialect, prefix: string, side: 0 | 1): readonly (readonly Cell[])[] {
  const most = Math.max(...WIDENINGS.map(({ cells }) => cells.length));
  return Array.from({ length: most + 1 }, (_, i) => [
    `${prefix}${i}`,
    ...WIDENINGS.map(({ from, cells }) => {
      const cell = cells[i];
      return cell && canHold(dialect, cell[0], from.kind) ? cell[side] : null;
    }),
  ]);
}

function upserts(rows: readonly (readonly Cell[])[]) {
  return {
    columns: BEFORE,
    changes: rows.map((cells) => ({
      action: 'upsert' as const,
      keyText: String(cells[0]),
      sourceTime: 1000,
      cells,
    })),
  };
}

async function fillEveryTable(store: PipelineStore, dialect: Dialect): Promise<void> {
  await loadRows(store, rowsOf(dialect, 'old ', 0), { columns: BEFORE });
  await store.publish(() => checkpoint('published'));
  await store.apply('visible', upserts(rowsOf(dialect, 'stream ', 0)), checkpoint('streamed'));
  await store.startGeneration(2, checkpoint('generation 2'));
  await loadRows(store, rowsOf(dialect, 'load ', 0), { columns: BEFORE, generation: 2 });
  await store.apply('changes', upserts(rowsOf(dialect, 'change ', 0)), checkpoint('changed'));
  await store.startVerify();
  const verify = await openLoad(store, 'verify', 2, BEFORE);
  await verify.append([...rowsOf(dialect, 'old ', 0), ...rowsOf(dialect, 'stream ', 0)]);
  await verify.commit([]);
}

function userRows(dialect: Dialect, prefix: string, sourceTime: number | null) {
  return rowsOf(dialect, prefix, 1).map((cells) =>
    row({ ...Object.fromEntries(AFTER.map(({ name }, i) => [name, cells[i] ?? null])) }, sourceTime),
  );
}

export function wideningConformance(open: () => Promise<Fixture>): void {
  describe('widening', () => {
    it('converts earlier values exactly in every table, for every step', async () => {
      const fixture = await open();
      const { dialect } = fixture.destination;
      const store = await begin(fixture, ORDERS, BEFORE);
      await fillEveryTable(store, dialect);
      await store.widen(AFTER);
      assert.deepEqual(await store.readColumns(), AFTER);
      await assertRows(fixture, ORDERS, [
        ...userRows(dialect, 'old ', null),
        ...userRows(dialect, 'stream ', 1000),
      ]);
      const { differences, rowsCompared } = await store.compare(10);
      assert.deepEqual(
        { differences, rowsCompared },
        { differences: 0, rowsCompared: 2 * rowsOf(dialect, '', 0).length },
      );
      await store.publish(() => checkpoint('published again'));
      await assertRows(fixture, ORDERS, [
        ...userRows(dialect, 'load ', null),
        ...userRows(dialect, 'change ', 1000),
      ]);
    });

    it('stores the same value identically before and after', async () => {
      const fixture = await open();
      const { dialect } = fixture.destination;
      const store = await begin(fixture, ORDERS, BEFORE);
      await fillEveryTable(store, dialect);
      await store.widen(AFTER);
      await store.endVerify();
      await store.startVerify();
      const verify = await openLoad(store, 'verify', 2, AFTER.slice(0, -1));
      await verify.append([...rowsOf(dialect, 'old ', 1), ...rowsOf(dialect, 'stream ', 1)]);
      await verify.commit([]);
      assert.deepEqual((await store.compare(10)).examples, []);
    });

    it('accepts changes of narrower columns than those recorded, but no loads', async () => {
      const fixture = await open();
      const { dialect } = fixture.destination;
      const store = await begin(fixture, ORDERS, BEFORE);
      await store.widen(AFTER);
      await assert.rejects(store.load('shadow', 1, BEFORE), /widen first/);
      await assert.rejects(store.load('shadow', 1, [...AFTER, attribute('unknown', TEXT)]), /unknown/);
      await store.apply('changes', upserts(rowsOf(dialect, 'change ', 0)), checkpoint('changed'));
      await store.publish(() => checkpoint('published'));
      await assertRows(fixture, ORDERS, userRows(dialect, 'change ', 1000));
    });

    it('finds rows by a number key that has widened', async () => {
      const fixture = await open();
      const target = { ...ORDERS, keySchema: { partition: { name: 'id', type: 'N' as const } } };
      const steps = [INT64, numberType(20, 0), numberType(20, 4), numberType(20, 10), numberType(126, 130)];
      const key = (type: ColumnType): readonly Column[] => [{ ...ID, type }];
      const numbers = steps.map((_, i) => `${i}`);
      const store = await begin(fixture, target, key(INT64));
      await loadRows(
        store,
        numbers.map((number) => [number]),
        { columns: key(INT64) },
      );
      await store.publish(() => checkpoint('published'));
      for (const [i, type] of steps.entries()) {
        await store.widen(key(type));
        const change = { action: 'delete' as const, keyText: `${i}`, sourceTime: 1, key: [`${i}`] };
        await store.apply('visible', { columns: key(type), changes: [change] }, checkpoint(`step ${i}`));
        await assertRows(
          fixture,
          target,
          numbers.slice(i + 1).map((number) => row({ id: number })),
        );
      }
    });

    it('is idempotent, and keeps the order of the columns', async () => {
      const fixture = await open();
      const store = await begin(fixture, ORDERS, [ID, attribute('b', TEXT)]);
      await store.widen([ID, attribute('a', INT64), attribute('b', TEXT)]);
      await store.widen([ID, attribute('a', INT64), attribute('b', TEXT)]);
      assert.deepEqual(
        (await store.readColumns()).map(({ name }) => name),
        ['id', 'b', 'a'],
      );
      await store.widen([ID, attribute('b', JSON_TYPE), attribute('a', INT64)]);
      const reopened = await fixture.reopen();
      const again = await reopened.destination.lease(ORDERS);
      assert.deepEqual(await again.readColumns(), [ID, attribute('b', JSON_TYPE), attribute('a', INT64)]);
      await reopened.destination.close();
    });
  });
}
