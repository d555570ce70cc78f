import assert from 'node:assert/strict';
import { StaleGeneration } from '../../../runtime/destinations/errors';
import type { Fixture } from '../fixture';
import {
  assertLetters,
  assertRows,
  begin,
  checkpoint,
  COLUMNS,
  letterOf,
  loadRows,
  ORDERS,
  row,
  sorted,
  upsert,
} from './orders';

export function loadsConformance(open: () => Promise<Fixture>): void {
  describe('loads (rule P1)', () => {
    it('commits rows, dead letters and ledger lines together', async () => {
      const fixture = await open();
      const lease = await begin(fixture);
      const load = await lease.load('shadow', 1);
      await load.append({ columns: COLUMNS, rows: [['a', '1']], deadLetters: [letterOf('x')] });
      await load.append({ columns: COLUMNS, rows: [], deadLetters: [] });
      await load.append({ columns: COLUMNS, rows: [['b', null]], deadLetters: [letterOf('y')] });
      assert.deepEqual(await lease.readLedger('shadow'), []);
      await load.commit([
        { file: 'data/1', items: 3 },
        { file: 'data/2', items: 1 },
      ]);
      const ledger = [...(await lease.readLedger('shadow'))].sort((a, b) => (a.file < b.file ? -1 : 1));
      assert.deepEqual(ledger, [
        { file: 'data/1', items: 3 },
        { file: 'data/2', items: 1 },
      ]);
      const result = await lease.publish(() => checkpoint('published'));
      assert.deepEqual(result, { rows: 2, written: 2, deadLetters: 2 });
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1' }), row({ id: 'b', value: null })]);
      await assertLetters(fixture, ['x', 'y']);
    });

    it('leaves nothing of a load rolled back, and none open after either end', async () => {
      const fixture = await open();
      const lease = await begin(fixture);
      const before = await fixture.dump();
      const load = await lease.load('shadow', 1);
      const rows = Array.from({ length: 5000 }, (_, i) => [`k${i}`, 'x'.repeat(2000)]);
      await load.append({ columns: COLUMNS, rows, deadLetters: [letterOf('x')] });
      await load.rollback();
      assert.equal(await fixture.dump(), before);
      await assert.rejects(load.append({ columns: COLUMNS, rows: [['a', '1']], deadLetters: [] }));
      await assert.rejects(load.commit([]));
      await lease.widen([...COLUMNS]);
      await loadRows(lease, [['a', '1']]);
      await lease.publish(() => checkpoint('published'));
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1' })]);
    });

    it('goes on while changes are applied and checkpoints saved', async () => {
      const fixture = await open();
      const lease = await begin(fixture);
      const loads = await Promise.all([lease.load('shadow', 1), lease.load('shadow', 1)]);
      for (let round = 0; round < 5; round++) {
        for (const [i, load] of loads.entries()) {
          const rows = Array.from({ length: 3000 }, (_, k) => [`${i}/${round}/${k}`, 'loaded']);
          await load.append({ columns: COLUMNS, rows, deadLetters: [letterOf(`letter ${i}/${round}`)] });
        }
        const changes = [upsert(`0/${round}/0`, ['changed']), upsert(`new ${round}`, ['changed'])];
        await lease.apply(
          'changes',
          { columns: COLUMNS, changes },
          checkpoint(`round ${round}`, { shard: `${round}` }),
        );
        await lease.save(checkpoint(`saved ${round}`));
      }
      await Promise.all(loads.map((load, i) => load.commit([{ file: `file ${i}`, items: 15_005 }])));
      const { rows, deadLetters } = await lease.publish((view) => {
        assert.equal(view.checkpoint.head, 'saved 4');
        assert.deepEqual([...view.checkpoint.shards], [['shard', '4']]);
        assert.equal(view.ledger.length, 2);
        return checkpoint('published');
      });
      assert.deepEqual({ rows, deadLetters }, { rows: 30_005, deadLetters: 10 });
      const changed = (await fixture.rows(ORDERS)).filter(({ cells }) => cells['value'] === 'changed');
      assert.equal(changed.length, 10);
    });

    it('refuses a load of a generation that has ended', async () => {
      const fixture = await open();
      const lease = await begin(fixture);
      const stale = await lease.load('shadow', 1);
      const late = await lease.load('shadow', 1);
      await stale.append({ columns: COLUMNS, rows: [['a', 'stale']], deadLetters: [letterOf('stale')] });
      await lease.startGeneration(2, checkpoint('generation 2'));
      await assert.rejects(stale.commit([{ file: 'stale', items: 2 }]), StaleGeneration);
      await assert.rejects(async () => {
        await late.append({ columns: COLUMNS, rows: [['a', 'late']], deadLetters: [] });
        await late.commit([{ file: 'late', items: 1 }]);
      }, StaleGeneration);
      await assert.rejects(async () => {
        const load = await lease.load('shadow', 1);
        await load.append({ columns: COLUMNS, rows: [['a', 'later']], deadLetters: [] });
        await load.commit([{ file: 'later', items: 1 }]);
      }, StaleGeneration);
      assert.deepEqual(await lease.readLedger('shadow'), []);
      await loadRows(lease, [['b', 'fresh']], { generation: 2 });
      const open2 = await lease.load('shadow', 2);
      await lease.publish(() => checkpoint('published'));
      await assert.rejects(open2.commit([{ file: 'after the publish', items: 0 }]), StaleGeneration);
      await assertRows(fixture, ORDERS, [row({ id: 'b', value: 'fresh' })]);
      await assertLetters(fixture, []);
    });

    it('takes 100,000 rows in one batch, and as many changes', async () => {
      const fixture = await open();
      const lease = await begin(fixture);
      const count = 100_000;
      const key = (i: number) => `key ${i}`;
      await loadRows(
        lease,
        Array.from({ length: count }, (_, i) => [key(i), `loaded ${i}`]),
      );
      const changes = Array.from({ length: count }, (_, i) => upsert(key(i * 2), [`changed ${i}`], 1000));
      await lease.apply('changes', { columns: COLUMNS, changes }, checkpoint('changed'));
      const { rows } = await lease.publish(() => checkpoint('published'));
      assert.equal(rows, count * 1.5);
      const again = Array.from({ length: count }, (_, i) => upsert(key(i * 3), [`streamed ${i}`], 2000));
      await lease.apply('visible', { columns: COLUMNS, changes: again }, checkpoint('streamed'));
      const expected = new Map<string, [string, number | null]>();
      for (let i = 0; i < count; i++) expected.set(key(i), [`loaded ${i}`, null]);
      for (let i = 0; i < count; i++) expected.set(key(i * 2), [`changed ${i}`, 1000]);
      for (let i = 0; i < count; i++) expected.set(key(i * 3), [`streamed ${i}`, 2000]);
      const wanted = sorted([...expected].map(([id, [value, time]]) => row({ id, value }, time)));
      const found = sorted(await fixture.rows(ORDERS));
      assert.equal(found.length, wanted.length);
      assert.equal(
        found.findIndex((line, i) => line !== wanted[i]),
        -1,
      );
    }).timeout(60_000);
  });
}
