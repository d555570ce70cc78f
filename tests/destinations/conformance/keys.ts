import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import type { PipelineStore, RowChange, TableTarget } from '../../../runtime/destinations/destination';
import type { Cell, Column } from '../../../runtime/item/column';
import { quickIf } from '../../tiers/tier';
import type { Fixture } from '../fixture';
import {
  assertRows,
  attribute,
  begin,
  BINARY,
  checkpoint,
  deadLetterOf,
  loadRows,
  ORDERS,
  row,
  TEXT,
} from './orders';
import { openLoad } from './rows-load';

const TIME = 1_700_000_000_000;

/** The longest keys of DynamoDB, bytes of the partition key and of the sort key. Source: semantics §D. */
const LONGEST = [2048, 1024] as const;

type Key = readonly [Cell, Cell];

/** Incompressible bytes, the same for the same seed. */
function noise(seed: string, bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, i) =>
    createHash('sha256').update(`${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** Keys of the maximum length that differ only in their last byte, and a short one. */
const KINDS: Readonly<Record<'S' | 'B', { readonly keys: readonly Key[]; readonly short: Key }>> = {
  S: {
    keys: ['a', 'b', 'c', 'd'].map((last) => {
      // With backslashes and quotes, which no engine may treat as an escape.
      const text = (seed: string, bytes: number) =>
        `\\x'"\\\\${noise(seed, bytes).toString('base64')}`.slice(0, bytes - 1) + last;
      return [text('p', LONGEST[0]), text('s', LONGEST[1])];
    }),
    short: ['short', 'key'],
  },
  B: {
    keys: [1, 2, 3, 4].map((last) => [
      Uint8Array.from([...noise('p', LONGEST[0] - 1), last]),
      Uint8Array.from([...noise('s', LONGEST[1] - 1), last]),
    ]),
    short: [new Uint8Array([1]), new Uint8Array([2])],
  },
};

export function keysConformance(open: () => Promise<Fixture>): void {
  describe('keys of the maximum length', () => {
    for (const type of ['S', 'B'] as const) {
      for (const deletes of ['hard', 'soft'] as const) {
        const test = quickIf(type === 'S' && deletes === 'hard');
        const { keys, short } = KINDS[type];
        const [a, b, c, d] = keys as readonly [Key, Key, Key, Key];
        const target: TableTarget = {
          ...ORDERS,
          keySchema: { partition: { name: 'p', type }, sort: { name: 's', type } },
          deletes,
        };
        const kind = type === 'S' ? TEXT : BINARY;
        const columns: readonly Column[] = [
          { attribute: 'p', name: 'p', type: kind, role: 'partition key' },
          { attribute: 's', name: 's', type: kind, role: 'sort key' },
          attribute('value', TEXT),
        ];
        const common = (key: Key) => ({ keyText: JSON.stringify(key.map(String)), sourceTime: TIME });
        const upsert = (key: Key, value: string): RowChange => ({
          ...common(key),
          action: 'upsert',
          cells: [...key, value],
        });
        const remove = (key: Key): RowChange => ({ ...common(key), action: 'delete', key });
        const apply = (store: PipelineStore, role: 'visible' | 'changes', ...changes: readonly RowChange[]) =>
          store.apply(role, { columns, changes }, checkpoint('applied'));
        const userRow = ([p, s]: Key, value: string | null, time: number | null = TIME) =>
          row({ p, s, value }, time);
        const deleted = ([p, s]: Key, value: string | null) =>
          deletes === 'soft' ? [row({ p, s, value }, TIME, true)] : [];
        const what = `${type === 'S' ? 'texts' : 'bytes'}, ${deletes} deletes`;

        test.it(`are loaded, changed and deleted (${what})`, async () => {
          const fixture = await open();
          const store = await begin(fixture, target, columns);
          await loadRows(
            store,
            [
              [...a, 'a'],
              [...b, 'b'],
              [...short, 'short'],
            ],
            { columns },
          );
          await apply(store, 'changes', upsert(b, 'changed'), upsert(c, 'c'), upsert(d, 'd'));
          await apply(store, 'changes', remove(d));
          const { rows } = await store.publish(() => checkpoint('published'));
          assert.equal(rows, 4);
          await apply(store, 'visible', upsert(a, 'a again'), remove(c), remove(short));
          await apply(store, 'visible', upsert(short, 'short again'));
          await assertRows(fixture, target, [
            userRow(a, 'a again'),
            userRow(b, 'changed'),
            ...deleted(c, 'c'),
            ...deleted(d, 'd'),
            userRow(short, 'short again'),
          ]);
        });

        test.it(`appear first in the stream (${what})`, async () => {
          const fixture = await open();
          let store = await begin(fixture, target, columns);
          await loadRows(store, [[...short, 'short']], { columns });
          await store.publish(() => checkpoint('published'));
          await apply(store, 'visible', upsert(short, 'changed'));
          await apply(store, 'visible', upsert(a, 'a'), upsert(b, 'b'), remove(c));
          await apply(store, 'visible', upsert(a, 'a again'), remove(b), upsert(short, 'again'));
          await store.release();
          const reopened = await fixture.reopen();
          store = await reopened.destination.lease(target);
          await apply(store, 'visible', upsert(a, 'a for good'), upsert(short, 'short for good'));
          await assertRows(reopened, target, [
            userRow(a, 'a for good'),
            ...deleted(b, 'b'),
            ...deleted(c, null),
            userRow(short, 'short for good'),
          ]);
        });

        test.it(`appear in a later generation, and are compared (${what})`, async () => {
          const fixture = await open();
          const store = await begin(fixture, target, columns);
          await loadRows(store, [[...short, 'short']], { columns });
          await store.publish(() => checkpoint('published'));
          await store.startGeneration(2, checkpoint('generation 2'));
          await loadRows(
            store,
            [
              [...a, 'a'],
              [...short, 'short'],
            ],
            { columns, generation: 2 },
          );
          await apply(store, 'changes', upsert(b, 'b'));
          const { rows } = await store.publish(() => checkpoint('published'));
          assert.equal(rows, 3);
          await store.startVerify();
          await apply(store, 'visible', upsert(c, 'c'));
          const verify = await openLoad(store, 'verify', 2, columns);
          await verify.append(
            [
              [...a, 'a'],
              [...b, 'other'],
            ],
            [deadLetterOf('x'.repeat(8000))],
          );
          await verify.commit([]);
          const { rowsCompared, keysSkipped, differences } = await store.compare(10);
          assert.deepEqual(
            { rowsCompared, keysSkipped, differences },
            { rowsCompared: 4, keysSkipped: 1, differences: 3 },
          );
          await assertRows(fixture, target, [
            userRow(a, 'a', null),
            userRow(b, 'b'),
            userRow(c, 'c'),
            userRow(short, 'short', null),
          ]);
        });
      }
    }
  });
}
