import assert from 'node:assert/strict';
import type { RowChange, TableTarget } from '../../../runtime/destinations/destination';
import type { Fixture, UserRow } from '../fixture';
import {
  assertRows,
  bury,
  buryUnholdable,
  checkpoint,
  COLUMNS,
  deadLetterOf,
  loadRows,
  ORDERS,
  published,
  remove,
  row,
  SOFT_ORDERS,
  sorted,
  upsert,
} from './orders';
import { TIME, textOf, batch, stage, entry, healing, found, linesDropped } from './heal-lines';

/** What `publishHeal` promises, and what stays of a heal that is not published. */
export function healsConformance(open: () => Promise<Fixture>): void {
  describe('a heal is published (rule G4)', () => {
    it('G4: if what the transaction reads allows it; otherwise nothing changes', async () => {
      const fixture = await open();
      const store = await healing(fixture);
      await stage(store, [upsert('b', ['line'])], entry('one'));
      await store.apply('changes', batch(remove('a')), checkpoint('applied', { shard: '1' }));
      const before = await fixture.dump();
      const refused = new Error('not yet');
      await assert.rejects(
        store.publishHeal(({ checkpoint: { head, shards }, ledger }) => {
          assert.deepEqual([head, [...shards]], ['applied', [['shard', '1']]]);
          assert.deepEqual(ledger, [entry('one')]);
          throw refused;
        }),
        refused,
      );
      await assert.rejects(store.publish(() => checkpoint('as a load')));
      assert.equal(await fixture.dump(), before);
      await store.publishHeal(() => checkpoint('healed', { shard: '2' }));
      const stored = await store.readCheckpoint();
      assert.deepEqual([stored?.head, [...(stored?.shards ?? [])]], ['healed', [['shard', '2']]]);
      await assertRows(fixture, ORDERS, [row({ id: 'b', value: 'line' }, TIME)]);
      await linesDropped(fixture);
      await assert.rejects(store.publishHeal(() => checkpoint('twice')));
      await store.apply('visible', batch(upsert('c', ['followed'])), checkpoint('followed'));
      await assertCounts(fixture, { rows: 2, deadLetters: 0 });
    });

    it('is not begun without a visible table', async () => {
      const fixture = await open();
      const store = await fixture.destination.lease(ORDERS);
      await store.widen(COLUMNS);
      await assert.rejects(store.startGeneration(1, checkpoint('healing'), 'lines'));
      await store.startGeneration(1, checkpoint('loading'));
      await assert.rejects(store.startGeneration(2, checkpoint('healing'), 'lines'));
      await assert.rejects(store.publishHeal(() => checkpoint('healed')));
      await store.publish(() => checkpoint('published'));
    });

    for (const target of [ORDERS, SOFT_ORDERS]) {
      it(`G4: with every kind of line and change over every row, with ${target.deletes} deletes`, async () => {
        await everyKind(await open(), target);
      });
    }

    it('G4: keeps the last known values of a row that is deleted softly', async () => {
      const fixture = await open();
      const target = SOFT_ORDERS;
      const store = await healing(fixture, [['a', 'loaded'], ...'bc'.split('').map((id) => [id, 'old'])], {
        target,
        before: [remove('c', TIME)],
      });
      const [line, change] = [TIME + 1000, TIME + 2000];
      await stage(store, [remove('a', line), upsert('b', ['line'], line), upsert('d', ['line'], line)]);
      await stage(store, [upsert('e', ['line'], line), remove('f', line), remove('c', line)]);
      await stage(store, [remove('e', change)]);
      await store.apply(
        'changes',
        batch(remove('b', change), remove('d', change), upsert('g', ['change'], line)),
        checkpoint('applied'),
      );
      await store.apply('changes', batch(remove('g', change)), checkpoint('applied'));
      const result = await store.publishHeal(() => checkpoint('healed'));
      assert.deepEqual(result, { rows: 0, written: 7, deadLetters: 0 });
      await assertRows(fixture, target, [
        row({ id: 'a', value: 'loaded' }, line, true),
        row({ id: 'b', value: 'line' }, change, true),
        row({ id: 'c', value: 'old' }, line, true),
        row({ id: 'd', value: 'line' }, change, true),
        row({ id: 'e', value: 'line' }, change, true),
        row({ id: 'f', value: null }, line, true),
        row({ id: 'g', value: 'change' }, change, true),
      ]);
    });

    it('with keys of any length', async () => {
      const fixture = await open();
      const store = await healing(fixture, [['a', 'loaded']]);
      // Of random characters, since PostgreSQL compresses others to a size that an index holds.
      const long = (seed: number) =>
        Array.from({ length: 3000 }, (_, i) =>
          String.fromCharCode(33 + (((i + 7) * (seed + 13) * 7919 + i * i * 31) % 90)),
        ).join('');
      await stage(store, [upsert(long(1), ['line']), upsert(long(2), ['line'])], entry('one'));
      await store.apply(
        'changes',
        batch(upsert(long(2), ['change']), upsert(long(3), ['change'])),
        checkpoint('applied'),
      );
      assert.equal((await store.publishHeal(() => checkpoint('healed'))).rows, 4);
      await store.apply('visible', batch(remove(long(1)), upsert(long(3), ['x'])), checkpoint('followed'));
      await assertCounts(fixture, { rows: 3, deadLetters: 0 });
    });

    it('G4: carries the times of dead letters', async () => {
      const fixture = await open();
      const store = await published(fixture, [], ORDERS);
      await store.startGeneration(2, checkpoint('loading'));
      const exported = { ...deadLetterOf('export'), keyText: textOf('export') };
      await loadRows(store, [], { generation: 2, deadLetters: [exported] });
      await store.apply('changes', batch(bury('change', TIME + 1000)), checkpoint('applied'));
      await store.publish(() => checkpoint('published'));
      await store.apply('visible', batch(bury('visible', TIME + 2000)), checkpoint('followed'));
      await store.startGeneration(3, checkpoint('healing'), 'lines');
      await stage(store, [bury('line', TIME + 3000), bury('both', TIME + 3000)], entry('one'), 3);
      await store.apply(
        'changes',
        batch(bury('late', TIME + 4000), bury('both', TIME + 4000)),
        checkpoint('applied'),
      );
      await store.publishHeal(() => checkpoint('healed'));
      const times = (await fixture.deadLetters(ORDERS)).map((one) => [one.keyText, one.sourceTime]);
      assert.deepEqual(Object.fromEntries(times), {
        [textOf('export')]: null,
        [textOf('change')]: TIME + 1000,
        [textOf('visible')]: TIME + 2000,
        [textOf('line')]: TIME + 3000,
        [textOf('late')]: TIME + 4000,
        [textOf('both')]: TIME + 4000,
      });
    });
  });

  describe('an abandoned heal', () => {
    it('is replaced by a load', async () => {
      const fixture = await open();
      const store = await healing(fixture);
      await stage(store, [upsert('b', ['line']), bury('c')], entry('file'));
      await store.apply('changes', batch(upsert('d', ['change']), bury('e')), checkpoint('applied'));
      await store.startGeneration(3, checkpoint('loading'));
      assert.deepEqual(await store.readLedger('lines'), []);
      await loadRows(store, [['z', 'loaded']], { generation: 3 });
      const result = await store.publish(() => checkpoint('published'));
      assert.deepEqual(result, { rows: 1, written: 2, deadLetters: 0 });
      await assertRows(fixture, ORDERS, [row({ id: 'z', value: 'loaded' })]);
      await linesDropped(fixture);
    });

    it('is replaced by another heal, as is an abandoned load', async () => {
      const fixture = await open();
      const store = await published(fixture, [['a', '1']]);
      await store.startGeneration(2, checkpoint('loading'));
      await loadRows(store, [['x', '1']], { generation: 2, deadLetters: [deadLetterOf('y')] });
      await store.apply('changes', batch(upsert('d', ['change']), bury('e')), checkpoint('applied'));
      for (const generation of [3, 4, 4]) {
        await store.startGeneration(generation, checkpoint('healing', { shard: null }), 'lines');
        assert.deepEqual([await store.readLedger('lines'), await store.readLedger('shadow')], [[], []]);
        await stage(store, [upsert(`line ${generation}`, ['1']), bury('c')], entry('file'), generation);
      }
      assert.doesNotMatch(await fixture.dump(), /__r_loading/);
      await store.startGeneration(5, checkpoint('healing'), 'lines');
      await stage(store, [upsert('b', ['line'])], entry('file'), 5);
      const result = await store.publishHeal(() => checkpoint('healed'));
      assert.deepEqual(result, { rows: 2, written: 1, deadLetters: 0 });
      await assertRows(fixture, ORDERS, [
        row({ id: 'a', value: '1' }),
        row({ id: 'b', value: 'line' }, TIME),
      ]);
      await assertCounts(fixture, { rows: 2, deadLetters: 0 });
    });

    it('continues after the process has ended at any point', async () => {
      let fixture = await open();
      let store = await healing(fixture);
      const restart = async () => {
        await store.release();
        fixture = await fixture.reopen();
        store = await fixture.destination.lease(ORDERS);
      };
      await restart();
      await stage(store, [upsert('b', ['line'])], entry('one'));
      await restart();
      await stage(store, [upsert('c', ['line'])], entry('two'));
      await store.apply('changes', batch(upsert('b', ['change'])), checkpoint('applied'));
      await restart();
      assert.equal((await store.readLedger('lines')).length, 2);
      assert.deepEqual(await found(store, { untimed: true }), [textOf('a')]);
      await stage(store, [remove('a')]);
      await restart();
      assert.deepEqual(await found(store, { untimed: true }), []);
      await store.publishHeal(() => checkpoint('healed'));
      await restart();
      await assertRows(fixture, ORDERS, [
        row({ id: 'b', value: 'change' }, TIME),
        row({ id: 'c', value: 'line' }, TIME),
      ]);
      await fixture.destination.close();
    });

    it('V3: ends an interrupted verify when it begins', async () => {
      const fixture = await open();
      const store = await published(fixture, [['a', '1']]);
      await store.startVerify();
      await store.apply('visible', batch(upsert('a', ['2'])), checkpoint('followed'));
      await store.startGeneration(2, checkpoint('healing'), 'lines');
      assert.doesNotMatch(await fixture.dump(), /verify_\d|changed_keys/);
      await stage(store, [remove('a')], entry('one'));
      assert.equal((await store.publishHeal(() => checkpoint('healed'))).rows, 0);
    });
  });
}

async function assertCounts(
  fixture: Fixture,
  expected: { readonly rows: number; readonly deadLetters: number },
): Promise<void> {
  const record = await fixture.destination.inspect(ORDERS.pipeline);
  const { rows, deadLetters, storedDeadLetters } = record ?? {};
  assert.deepEqual(
    { rows, deadLetters, storedDeadLetters },
    { ...expected, storedDeadLetters: expected.deadLetters },
  );
}

const [LINE, CHANGE] = [TIME + 1_000_000, TIME + 2_000_000];

/** What the visible table has of a key before the heal. */
const STATES = ['row', 'deleted row', 'dead letter', 'nothing'] as const;
/** The last line or change of a key. */
const KINDS = ['none', 'upsert', 'delete', 'dead letter', 'unholdable', 'delete dead letter'] as const;

/** One key for each state and kinds of line and change. */
async function everyKind(fixture: Fixture, target: TableTarget): Promise<void> {
  const cases = STATES.flatMap((state) =>
    KINDS.flatMap((line) =>
      KINDS.map((change) => ({ state, line, change, id: `${state}, ${line}, ${change}` })),
    ),
  ).filter(({ state, line, change }) => isPossible(state, line, change));
  const has = (state: (typeof STATES)[number]) => cases.filter((one) => one.state === state);
  const rows = [...has('row'), ...has('deleted row')].map(({ id }) => [id, `loaded ${id}`]);
  const store = await healing(fixture, rows, {
    target,
    before: [
      ...has('deleted row').map(({ id }) => remove(id, TIME)),
      ...has('dead letter').map(({ id, line, change }) =>
        line === 'unholdable' ||
        change === 'unholdable' ||
        line === 'delete dead letter' ||
        change === 'delete dead letter'
          ? buryUnholdable(id, TIME)
          : bury(id, TIME),
      ),
    ],
  });
  const of = (kind: (typeof KINDS)[number], id: string, time: number): readonly RowChange[] => {
    switch (kind) {
      case 'none':
        return [];
      case 'upsert':
        return [upsert(id, [`at ${time}`], time)];
      case 'delete':
        return [remove(id, time)];
      case 'dead letter':
        return [bury(id, time)];
      case 'unholdable':
        return [buryUnholdable(id, time)];
      case 'delete dead letter':
        return [{ action: kind, keyText: id, sourceTime: time }];
    }
  };
  await stage(
    store,
    cases.flatMap(({ line, id }) => of(line, id, LINE)),
    entry('one'),
  );
  const changes = cases.flatMap(({ change, id }) => of(change, id, CHANGE));
  await store.apply('changes', batch(...changes), checkpoint('applied'));
  const result = await store.publishHeal(() => checkpoint('healed'));
  const soft = target.deletes === 'soft';
  const expected: UserRow[] = [];
  const letters: string[] = [];
  let written = 0;
  for (const { state, line, change, id } of cases) {
    const isThere = state === 'row' || (state === 'deleted row' && soft);
    let shown: UserRow | undefined = isThere
      ? row({ id, value: `loaded ${id}` }, state === 'row' ? null : TIME, state === 'deleted row')
      : undefined;
    let isLetter = state === 'dead letter';
    for (const [kind, time] of [
      [line, LINE],
      [change, CHANGE],
    ] as const) {
      if (kind === 'none') continue;
      isLetter = kind === 'dead letter' || kind === 'unholdable';
      if (kind === 'upsert') shown = row({ id, value: `at ${time}` }, time);
      else if (kind === 'delete' && soft) shown = row(shown?.cells ?? { id, value: null }, time, true);
      else if (kind !== 'unholdable' && kind !== 'delete dead letter') shown = undefined;
    }
    if (isLetter) letters.push(textOf(id));
    if (shown !== undefined) expected.push(shown);
    if ((line !== 'none' || change !== 'none') && (isThere || shown !== undefined)) written += 1;
  }
  assert.deepEqual(result, {
    rows: expected.filter(({ deleted }) => !deleted).length,
    written,
    deadLetters: letters.length,
  });
  assert.deepEqual(sorted(await fixture.rows(target)), sorted(expected));
  const found = (await fixture.deadLetters(target)).map((one) => one.keyText);
  assert.deepEqual(found.sort(), letters.sort());
  await assertCounts(fixture, { rows: result.rows, deadLetters: result.deadLetters });
}

/** A key that no row can hold has no row, and every other key has one in each of its changes. */
function isPossible(...[state, line, change]: [string, string, string]): boolean {
  const isUnholdable = [line, change].some((kind) => kind === 'unholdable' || kind === 'delete dead letter');
  const isHoldable =
    state === 'row' ||
    state === 'deleted row' ||
    [line, change].some((kind) => ['upsert', 'delete', 'dead letter'].includes(kind));
  if (isUnholdable && isHoldable) return false;
  // What is forgotten of a dead letter between two values is not promised.
  return !(line === 'dead letter' && change === 'delete');
}
