import assert from 'node:assert/strict';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { FileLoadedMeanwhile, LeaseLost, StaleGeneration } from '../../../runtime/destinations/errors';
import type { Cell } from '../../../runtime/item/column';
import type { Fixture } from '../fixture';
import {
  assertRows,
  attribute,
  bury,
  checkpoint,
  COLUMNS,
  ID,
  INT64,
  JSON_TYPE,
  ORDERS,
  published,
  remove,
  row,
  upsert,
} from './orders';
import { openLoad } from './rows-load';
import { TIME, NOTHING, real, batch, batches, stage, entry, healing, found } from './heal-lines';

/** What `stage` promises. */
export function healStagesConformance(open: () => Promise<Fixture>): void {
  describe('a heal stages lines (rule G3)', () => {
    it('G3: together with the ledger entry of their file, or nothing', async () => {
      const fixture = await open();
      const store = await healing(fixture);
      assert.deepEqual(await store.readLedger('lines'), []);
      const before = await fixture.dump();
      const broken = new Error('the file is damaged');
      await assert.rejects(
        store.stage(
          2,
          (async function* () {
            yield batch(upsert('b', ['1']), bury('c'));
            throw broken;
          })(),
          entry('one'),
        ),
        broken,
      );
      assert.equal(await fixture.dump(), before);
      await stage(store, [upsert('b', ['2'])], entry('one'));
      await store.stage(2, batches(), entry('empty'));
      const ledger = await store.readLedger('lines');
      assert.deepEqual(ledger.map(({ file }) => file).sort(), ['empty', 'one']);
      assert.deepEqual(await store.readLedger('shadow'), []);
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: 'loaded a' })]);
      const staged = await fixture.dump();
      await assert.rejects(stage(store, [upsert('b', ['3'])], entry('one')), FileLoadedMeanwhile);
      assert.equal(await fixture.dump(), staged);
      await store.publishHeal(() => checkpoint('healed'));
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', value: 'loaded a' }),
        row({ id: 'b', value: '2' }, TIME),
      ]);
    });

    it('G3: and the last one staged of a key wins, in a file and over all files', async () => {
      const fixture = await open();
      const store = await healing(fixture);
      const later = TIME + 1000;
      await store.stage(
        2,
        batches(
          batch(upsert('a', ['1']), upsert('b', ['1']), bury('c'), upsert('d', ['1']), upsert('e', ['1'])),
          batch(upsert('a', ['2']), remove('b')),
        ),
        entry('one'),
      );
      await stage(store, [upsert('a', ['3'], later), upsert('c', ['3'], later), bury('d')], entry('two'));
      await stage(store, [remove('e')]);
      assert.equal((await store.readLedger('lines')).length, 2);
      const result = await store.publishHeal(() => checkpoint('healed'));
      assert.deepEqual(result, { rows: 2, written: 2, deadLetters: 1 });
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', value: '3' }, later),
        row({ id: 'c', value: '3' }, later),
      ]);
    });

    it('G3: only while it runs: otherwise the generation is stale', async () => {
      const fixture = await open();
      const store = await published(fixture, [['a', '1']]);
      const isStale = { name: 'StaleGeneration' };
      await assert.rejects(stage(store, [upsert('b', ['1'])], entry('one'), 1), isStale);
      await store.startGeneration(2, checkpoint('loading'));
      await assert.rejects(stage(store, [upsert('b', ['1'])], entry('one')), isStale);
      await store.startGeneration(3, checkpoint('healing'), 'lines');
      await assert.rejects(stage(store, [upsert('b', ['1'])], entry('one')), isStale);
      const load = await openLoad(store, 'shadow', 3, COLUMNS).catch((error: unknown) => {
        assert.ok(error instanceof StaleGeneration);
      });
      await (load && assert.rejects(load.commit([entry('one')]), isStale));
      for (const [generation, file] of [
        [3, entry('one')],
        [4, undefined],
      ] as const)
        await assert.rejects(
          store.stage(
            generation,
            (async function* () {
              yield batch(upsert('b', ['1']));
              await store.startGeneration(generation + 1, checkpoint('healing again'), 'lines');
              yield batch(upsert('c', ['1']));
            })(),
            file,
          ),
          isStale,
        );
      assert.deepEqual(await store.readLedger('lines'), []);
      await assert.rejects(
        store.findKeys({ ...NOTHING, untimed: true }, () => store.startGeneration(6, checkpoint('loading'))),
        isStale,
      );
      await assert.rejects(found(store, {}), isStale);
      await store.startGeneration(7, checkpoint('healing'), 'lines');
      await store.publishHeal(() => checkpoint('healed'));
      await assert.rejects(stage(store, [upsert('b', ['1'])], entry('one'), 7), isStale);
      await assert.rejects(found(store, {}), isStale);
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1' })]);
    });

    it('C2: only under its lease', async () => {
      const fixture = await open();
      const store = await healing(fixture);
      let next: PipelineStore | undefined;
      await assert.rejects(
        store.stage(
          2,
          (async function* () {
            yield batch(upsert('b', ['1']));
            next = await fixture.destination.lease(ORDERS);
            yield batch(upsert('c', ['1']));
          })(),
          entry('one'),
        ),
        LeaseLost,
      );
      await assert.rejects(stage(store, [upsert('b', ['1'])]), LeaseLost);
      await assert.rejects(
        store.findKeys(NOTHING, async () => undefined),
        LeaseLost,
      );
      await assert.rejects(
        store.publishHeal(() => checkpoint('by a zombie')),
        LeaseLost,
      );
      assert.deepEqual(await next?.readLedger('lines'), []);
      await stage(next as PipelineStore, [upsert('b', ['2'])], entry('one'));
      assert.equal((await next?.publishHeal(() => checkpoint('healed')))?.rows, 2);
    });

    it('and nothing when its signal aborts', async () => {
      const fixture = await open();
      const store = await healing(fixture);
      const before = await fixture.dump();
      const stop = new AbortController();
      const reason = new Error('stopped');
      await assert.rejects(
        store.stage(
          2,
          (async function* () {
            yield batch(upsert('b', ['1']));
            stop.abort(reason);
            yield batch(upsert('c', ['1']));
          })(),
          entry('one'),
          stop.signal,
        ),
        reason,
      );
      assert.equal(await fixture.dump(), before);
      await stage(store, [upsert('b', ['1'])], entry('one'));
      assert.equal((await store.readLedger('lines')).length, 1);
    });

    it('that widening between two files converts', async () => {
      const fixture = await open();
      const columns = [ID, attribute('n', INT64)];
      const store = await healing(fixture, [['a', '1']], { columns });
      const of = (id: string, cells: readonly Cell[]) => real({ ...upsert(id, cells) });
      await store.stage(2, batches({ columns, changes: [of('b', ['2']), of('c', ['3'])] }), entry('one'));
      await store.apply('changes', { columns, changes: [of('c', ['4'])] }, checkpoint('applied'));
      const wider = [ID, attribute('n', JSON_TYPE), attribute('more', INT64)];
      await store.widen(wider);
      await store.stage(2, batches({ columns: wider, changes: [of('d', ['"x"', '5'])] }), entry('two'));
      // A batch that was read before the widening.
      await store.stage(2, batches({ columns, changes: [of('e', ['6'])] }), entry('three'));
      await store.publishHeal(() => checkpoint('healed'));
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', n: '1', more: null }),
        row({ id: 'b', n: '2', more: null }, TIME),
        row({ id: 'c', n: '4', more: null }, TIME),
        row({ id: 'd', n: '"x"', more: '5' }, TIME),
        row({ id: 'e', n: '6', more: null }, TIME),
      ]);
    });

    it('while changes are applied and columns cannot widen', async () => {
      const fixture = await open();
      const store = await healing(fixture);
      await store.stage(
        2,
        (async function* () {
          yield batch(upsert('b', ['line']), upsert('c', ['line']));
          await store.apply('changes', batch(upsert('c', ['change'], TIME + 1)), checkpoint('applied'));
          await assert.rejects(store.widen([...COLUMNS, attribute('new', INT64)]));
          yield batch(upsert('d', ['line']));
        })(),
        entry('one'),
      );
      assert.equal((await store.readCheckpoint())?.head, 'applied');
      await store.publishHeal(() => checkpoint('healed'));
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', value: 'loaded a' }),
        row({ id: 'b', value: 'line' }, TIME),
        row({ id: 'c', value: 'change' }, TIME + 1),
        row({ id: 'd', value: 'line' }, TIME),
      ]);
    });
  });
}
