import assert from 'node:assert/strict';
import type { PipelineStore, TableTarget } from '../../../runtime/destinations/destination';
import { DestinationTableTaken, DestinationUnusable, LeaseLost } from '../../../runtime/destinations/errors';
import { quickIf } from '../../tiers/tier';
import type { Fixture } from '../fixture';
import {
  assertRows,
  attribute,
  begin,
  checkpoint,
  COLUMNS,
  ID,
  INT64,
  loadRows,
  ORDERS,
  published,
  row,
  upsert,
} from './orders';
import { openLoad } from './rows-load';

const batch = { columns: COLUMNS, changes: [upsert('a', ['written by the first'])] };

/** Every method that writes. */
const WRITES: Readonly<Record<string, (store: PipelineStore) => Promise<unknown>>> = {
  save: (store) => store.save(checkpoint('first')),
  widen: (store) => store.widen([...COLUMNS, attribute('new', INT64)]),
  startGeneration: (store) => store.startGeneration(3, checkpoint('first')),
  load: (store) => loadRows(store, [['z', 'written by the first']], { generation: 2 }),
  'apply to changes': (store) => store.apply('changes', batch, checkpoint('first')),
  'apply to visible': (store) => store.apply('visible', batch, checkpoint('first')),
  publish: (store) => store.publish(() => checkpoint('first')),
  startVerify: (store) => store.startVerify(),
  endVerify: (store) => store.endVerify(),
};

/** Those of `npm test`. */
const QUICK: readonly string[] = ['save', 'load', 'apply to visible', 'publish'];

export function leasesConformance(open: () => Promise<Fixture>): void {
  describe('leases (rule C2)', () => {
    for (const [method, write] of Object.entries(WRITES)) {
      quickIf(QUICK.includes(method)).it(
        `C2: ${method} writes nothing after another writer has taken over`,
        async () => {
          const fixture = await open();
          const first = await published(fixture, [['a', 'old']]);
          await first.startGeneration(2, checkpoint('generation 2'));
          const second = await fixture.destination.lease(ORDERS);
          assert.ok(second.epoch > first.epoch);
          const before = await fixture.dump();
          await assert.rejects(write(first), LeaseLost);
          assert.equal(await fixture.dump(), before);
          await write(second);
        },
      );
    }

    it('C2: an open load is lost when another writer takes over', async () => {
      const fixture = await open();
      const first = await begin(fixture);
      const load = await openLoad(first, 'shadow', 1, COLUMNS);
      await load.append([['a', 'first']]);
      const second = await fixture.destination.lease(ORDERS);
      await assert.rejects(load.commit([{ file: 'file', items: 1 }]), LeaseLost);
      assert.deepEqual(await second.readLedger('shadow'), []);
      await loadRows(second, [['a', 'second']]);
      await second.publish(() => checkpoint('published'));
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: 'second' })]);
    });

    it('C2: the last of several concurrent writers wins, in any order', async () => {
      const fixture = await open();
      await published(fixture, []);
      const attempts = Array.from({ length: 8 }, async (_, i) => {
        const store = await fixture.destination.lease(ORDERS);
        const changes = [upsert('a', [`writer ${i}`], i)];
        try {
          await store.apply('visible', { columns: COLUMNS, changes }, checkpoint(`writer ${i}`));
          return { epoch: store.epoch, writer: i };
        } catch (error) {
          assert.ok(error instanceof LeaseLost, String(error));
          return undefined;
        }
      });
      const winners = (await Promise.all(attempts)).filter((winner) => winner !== undefined);
      const last = winners.sort((a, b) => a.epoch - b.epoch).at(-1);
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: `writer ${last?.writer}` }, last?.writer)]);
      assert.equal(
        (await fixture.destination.inspect(ORDERS.pipeline))?.checkpoint?.head,
        `writer ${last?.writer}`,
      );
    });

    it('keeps pipelines of the same destination apart', async () => {
      const fixture = await open();
      const others: readonly TableTarget[] = [1, 2, 3].map((i) => ({
        ...ORDERS,
        pipeline: `p${i}`,
        table: `orders ${i}`,
      }));
      await Promise.all(
        others.map(async (target, i) => {
          const store = await published(fixture, [['a', `of ${i}`]], target);
          const changes = [upsert('b', [`of ${i}`], i)];
          await store.apply(
            'visible',
            { columns: COLUMNS, changes },
            checkpoint(`of ${i}`, { shard: `${i}` }),
          );
        }),
      );
      for (const [i, target] of others.entries()) {
        await assertRows(fixture, target, [
          row({ id: 'a', value: `of ${i}` }),
          row({ id: 'b', value: `of ${i}` }, i),
        ]);
        const record = await fixture.destination.inspect(target.pipeline);
        assert.deepEqual([...(record?.checkpoint?.shards ?? [])], [['shard', `${i}`]]);
        assert.equal(record?.rows, 2);
      }
    });

    it('refuses a table that belongs to another pipeline', async () => {
      const fixture = await open();
      await fixture.destination.lease(ORDERS);
      const before = await fixture.dump();
      await assert.rejects(fixture.destination.lease({ ...ORDERS, pipeline: 'another' }), (error) => {
        assert.ok(error instanceof DestinationTableTaken);
        assert.equal(error.owner, ORDERS.pipeline);
        return true;
      });
      assert.equal(await fixture.dump(), before);
    });

    it('refuses a pipeline whose key, table or delete mode has changed', async () => {
      const fixture = await open();
      await published(fixture, [['a', '1']]);
      const changed: readonly TableTarget[] = [
        { ...ORDERS, keySchema: { partition: { name: 'other', type: 'S' } } },
        { ...ORDERS, keySchema: { partition: { name: 'id', type: 'N' } } },
        { ...ORDERS, keySchema: { ...ORDERS.keySchema, sort: { name: 'at', type: 'N' } } },
        { ...ORDERS, table: 'elsewhere' },
        { ...ORDERS, deletes: 'soft' },
      ];
      const before = await fixture.dump();
      for (const target of changed) {
        await assert.rejects(fixture.destination.lease(target), DestinationUnusable);
      }
      assert.equal(await fixture.dump(), before);
    });

    it('inspects a pipeline without reading its rows', async () => {
      const fixture = await open();
      await published(fixture, [['a', '1']]);
      const statements: string[] = [];
      fixture.onStatement((statement) => void statements.push(statement));
      assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.rows, 1);
      assert.deepEqual(
        statements.filter((statement) => statement.includes('orders')),
        [],
      );
    });

    it('inspects a pipeline without taking its lease', async () => {
      const fixture = await open();
      assert.equal(await fixture.destination.inspect(ORDERS.pipeline), undefined);
      const store = await published(fixture, [['a', '1']]);
      const record = await fixture.destination.inspect(ORDERS.pipeline);
      assert.deepEqual(record, {
        epoch: store.epoch,
        generation: 1,
        checkpoint: { head: 'published', shards: new Map() },
        columns: [ID, ...COLUMNS.slice(1)],
        rows: 1,
        deadLetters: 0,
        storedDeadLetters: 0,
        problem: undefined,
        slowedBy: undefined,
      });
      await store.save(checkpoint('still the writer'));
      assert.equal(await fixture.destination.inspect('never seen'), undefined);
    });
  });
}
