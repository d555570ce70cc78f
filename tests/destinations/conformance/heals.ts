import assert from 'node:assert/strict';
import {
  type ChangeBatch,
  type FoundKey,
  type LedgerEntry,
  MOST_FOUND_KEYS,
  type PipelineStore,
  type RereadRule,
  type RowChange,
  type TableTarget,
} from '../../../runtime/destinations/destination';
import { FileLoadedMeanwhile, LeaseLost, StaleGeneration } from '../../../runtime/destinations/errors';
import type { AttributeValue } from '../../../runtime/item/attribute-value';
import type { Cell, Column } from '../../../runtime/item/column';
import { keyText } from '../../../runtime/item/item-key';
import type { Fixture, UserRow } from '../fixture';
import {
  assertRows,
  attribute,
  BINARY,
  bury,
  buryUnholdable,
  checkpoint,
  COLUMNS,
  deadLetterOf,
  ID,
  INT64,
  JSON_TYPE,
  loadRows,
  numberType,
  ORDERS,
  published,
  remove,
  row,
  SOFT_ORDERS,
  sorted,
  upsert,
} from './orders';
import { openLoad } from './rows-load';

const TIME = 1_700_000_000_000;
const NOTHING: RereadRule = { since: TIME * 2, untimed: false, edges: [] };

function textOf(id: string): string {
  return keyText(new Map([['id', { S: id }]]), ORDERS.keySchema);
}

/** The change with the key text of a pipeline. */
function real(change: RowChange): RowChange {
  const text = textOf(change.keyText);
  if (change.action !== 'dead letter') return { ...change, keyText: text };
  return { ...change, keyText: text, deadLetter: { ...change.deadLetter, keyText: text } };
}

function batch(...changes: readonly RowChange[]): ChangeBatch {
  return { columns: COLUMNS, changes: changes.map(real) };
}

async function* batches(...all: readonly ChangeBatch[]): AsyncGenerator<ChangeBatch> {
  yield* all;
}

function stage(store: PipelineStore, changes: readonly RowChange[], file?: LedgerEntry, generation = 2) {
  return store.stage(generation, batches(batch(...changes)), file);
}

const entry = (file: string): LedgerEntry => ({ file, items: 1 });

/** A pipeline with a published table, in which a heal has begun. */
async function healing(
  fixture: Fixture,
  rows: readonly (readonly Cell[])[] = [['a', 'loaded a']],
  { target = ORDERS as TableTarget, columns = COLUMNS, before = [] as readonly RowChange[] } = {},
): Promise<PipelineStore> {
  const store = await published(fixture, rows, target, columns);
  if (before.length > 0) await store.apply('visible', batch(...before), checkpoint('followed'));
  await store.startGeneration(2, checkpoint('healing'), 'lines');
  return store;
}

async function found(store: PipelineStore, rule: Partial<RereadRule>): Promise<readonly FoundKey[]> {
  const all: FoundKey[] = [];
  await store.findKeys({ ...NOTHING, ...rule }, async (keys) => void all.push(...keys));
  return all;
}

async function foundTexts(store: PipelineStore, rule: Partial<RereadRule>): Promise<readonly string[]> {
  return (await found(store, rule)).map((key) => `${'key' in key ? 'row' : 'letter'} ${key.keyText}`).sort();
}

const rowOf = (id: string) => `row ${textOf(id)}`;
const letterOf = (id: string) => `letter ${textOf(id)}`;

async function linesDropped(fixture: Fixture): Promise<void> {
  const dump = await fixture.dump();
  assert.doesNotMatch(dump, /\b(?:lines|changes)_\d/);
}

export function healsConformance(open: () => Promise<Fixture>): void {
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

  describe('a heal finds the keys to read again (rule G3)', () => {
    const before = [
      upsert('old', ['1'], TIME - 1),
      upsert('at', ['1'], TIME),
      upsert('after', ['1'], TIME + 1000),
      upsert('gone', ['1'], TIME),
      bury('old letter', TIME - 1),
      bury('letter', TIME),
      bury('letter with a line', TIME),
      bury('letter with a change', TIME),
      upsert('with a line', ['1'], TIME),
      upsert('with a change', ['1'], TIME),
      upsert('with a buried change', ['1'], TIME),
    ];
    const lines = [upsert('with a line', ['2']), remove('letter with a line'), upsert('new', ['2'])];
    const changes = [
      upsert('with a change', ['3']),
      remove('letter with a change'),
      bury('with a buried change'),
    ];

    for (const target of [ORDERS, SOFT_ORDERS]) {
      it(`G3: rows and dead letters by time, without line and change, with ${target.deletes} deletes`, async () => {
        const fixture = await open();
        const store = await published(fixture, [['export', '1']], target);
        await store.apply('visible', batch(...before), checkpoint('followed'));
        await store.apply('visible', batch(remove('gone', TIME)), checkpoint('followed'));
        await store.startGeneration(2, checkpoint('healing'), 'lines');
        await stage(store, lines, entry('one'));
        await store.apply('changes', batch(...changes), checkpoint('applied'));
        const timed = [rowOf('after'), rowOf('at'), letterOf('letter')];
        assert.deepEqual(await foundTexts(store, { since: TIME }), [...timed].sort());
        assert.deepEqual(await foundTexts(store, { since: TIME + 1 }), [rowOf('after')]);
        assert.deepEqual(await foundTexts(store, {}), []);
        assert.deepEqual(
          await foundTexts(store, { since: TIME, untimed: true }),
          [...timed, rowOf('export'), rowOf('old')].sort(),
        );
      });
    }

    it('G3: dead letters of an export, whose time is unknown', async () => {
      const fixture = await open();
      const store = await published(fixture, []);
      await store.startGeneration(2, checkpoint('loading'));
      await loadRows(store, [], {
        generation: 2,
        deadLetters: ['x', 'y', 'z'].map((id) => ({ ...deadLetterOf(id), keyText: textOf(id) })),
      });
      await store.publish(() => checkpoint('published'));
      await store.startGeneration(3, checkpoint('healing'), 'lines');
      await stage(store, [remove('y')], entry('one'), 3);
      await store.apply('changes', batch(bury('z')), checkpoint('applied'));
      assert.deepEqual(await found(store, {}), [
        { keyText: textOf('x'), deadLetter: deadLetterOf('x').item },
      ]);
    });

    it('G3: lines and their dead letters at the edge of two windows, without a change', async () => {
      const fixture = await open();
      const store = await healing(fixture, []);
      const at = [TIME - 1, TIME, TIME + 5, TIME + 10, TIME + 11];
      await stage(
        store,
        [
          ...at.flatMap((time, i) => [upsert(`row ${i}`, ['1'], time), bury(`letter ${i}`, time)]),
          remove('deleted', TIME),
          upsert('changed', ['1'], TIME),
          bury('buried', TIME),
          upsert('second', ['1'], TIME + 100),
        ],
        entry('one'),
      );
      await store.apply('changes', batch(upsert('changed', ['2']), remove('buried')), checkpoint('applied'));
      assert.deepEqual(
        await foundTexts(store, { edges: [{ from: TIME, to: TIME + 10 }] }),
        [1, 2, 3].flatMap((i) => [rowOf(`row ${i}`), letterOf(`letter ${i}`)]).sort(),
      );
      const edges = [
        { from: TIME + 11, to: TIME + 11 },
        { from: TIME + 100, to: TIME + 200 },
      ];
      assert.deepEqual(
        await foundTexts(store, { edges }),
        [rowOf('row 4'), letterOf('letter 4'), rowOf('second')].sort(),
      );
    });

    it('G3: with exact numbers, bytes and texts', async () => {
      const fixture = await open();
      const target: TableTarget = {
        ...ORDERS,
        keySchema: { partition: { name: 'p', type: 'N' }, sort: { name: 's', type: 'B' } },
      };
      // The sort key comes first, and the names of the columns differ from those of the attributes.
      const columns: readonly Column[] = [
        { attribute: 's', name: 'sorted', type: BINARY, role: 'sort key' },
        attribute('value', INT64),
        { attribute: 'p', name: 'part', type: numberType(126, 130), role: 'partition key' },
      ];
      const keys = [
        ['1', [1]],
        ['-0.5', [0, 255, 128]],
        ['12345678901234567890123456789012345678', [...'a\nb'].map((char) => char.charCodeAt(0))],
        [`1${'0'.repeat(125)}`, Array.from({ length: 200 }, (_, i) => i)],
        [`0.${'0'.repeat(129)}1`, [34, 92]],
      ] as const;
      const cells = keys.map(([p, s]): readonly Cell[] => [p, new Uint8Array(s)]);
      const text = ([p, s]: readonly Cell[]) =>
        keyText(
          new Map<string, AttributeValue>([
            ['p', { N: p as string }],
            ['s', { B: s as Uint8Array }],
          ]),
          target.keySchema,
        );
      const changeOf = ([p = null, s = null]: readonly Cell[]): RowChange => ({
        action: 'upsert',
        keyText: text([p, s]),
        sourceTime: TIME,
        cells: [s, null, p],
      });
      const store = await published(fixture, [], target, columns);
      const [inLines, inTable] = [cells.slice(0, 2), cells.slice(2)];
      await store.apply('visible', { columns, changes: cells.map(changeOf) }, checkpoint('followed'));
      await store.startGeneration(2, checkpoint('healing'), 'lines');
      await store.stage(2, batches({ columns, changes: inLines.map(changeOf) }), entry('one'));
      const expect = (some: readonly (readonly Cell[])[]) =>
        some.map((key) => ({ keyText: text(key), key })).sort(byText);
      const shown = (some: readonly FoundKey[]) =>
        some
          .map((one) => ({
            ...one,
            ...('key' in one && {
              key: one.key.map((cell) => (cell instanceof Uint8Array ? new Uint8Array(cell) : cell)),
            }),
          }))
          .sort(byText);
      assert.deepEqual(shown(await found(store, { since: TIME })), expect(inTable));
      assert.deepEqual(shown(await found(store, { edges: [{ from: TIME, to: TIME }] })), expect(inLines));
      // What was found can be deleted.
      const deletes = (await found(store, { since: TIME })).map((one): RowChange => {
        const [p, s] = 'key' in one ? one.key : [];
        return { action: 'delete', keyText: one.keyText, sourceTime: TIME, key: [s ?? null, p ?? null] };
      });
      await store.stage(2, batches({ columns, changes: deletes }));
      assert.deepEqual(await found(store, { since: TIME }), []);
      assert.equal((await store.publishHeal(() => checkpoint('healed'))).rows, inLines.length);
    });

    it('with texts of any characters', async () => {
      const fixture = await open();
      const ids = ['', ' ', 'a"\\\n\u001f', "é😀'", '\\x41', '{}', 'NULL', '\u2028'];
      const store = await healing(
        fixture,
        ids.slice(1).map((id) => [id, null]),
      );
      const expected = ids.slice(1).map((id) => ({ keyText: textOf(id), key: [id] }));
      assert.deepEqual([...(await found(store, { untimed: true }))].sort(byText), expected.sort(byText));
    });

    it('G3: in pieces, the next one when the last was taken', async () => {
      const fixture = await open();
      const ids = Array.from({ length: 2 * MOST_FOUND_KEYS + 10 }, (_, i) => `key ${i}`);
      const store = await healing(
        fixture,
        ids.map((id) => [id, null]),
      );
      const sizes: number[] = [];
      const texts: string[] = [];
      let taking = 0;
      await store.findKeys({ ...NOTHING, untimed: true }, async (keys) => {
        taking += 1;
        assert.equal(taking, 1);
        sizes.push(keys.length);
        texts.push(...keys.map((key) => key.keyText));
        // Meanwhile everything else continues.
        await store.apply('changes', batch(upsert(`change ${sizes.length}`, ['1'])), checkpoint('applied'));
        await store.stage(2, batches(batch(remove(`key ${sizes.length}`))));
        await store.widen([...COLUMNS, attribute(`more${sizes.length}`, INT64), ...more(sizes.length)]);
        taking -= 1;
      });
      assert.deepEqual(sizes, [MOST_FOUND_KEYS, MOST_FOUND_KEYS, 10]);
      assert.deepEqual([...texts].sort(), ids.map(textOf).sort());
      const broken = new Error('throttled');
      let pieces = 0;
      const take = async () => {
        pieces += 1;
        throw broken;
      };
      await assert.rejects(store.findKeys({ ...NOTHING, untimed: true }, take), broken);
      assert.equal(pieces, 1);
      const stop = new AbortController();
      const reason = new Error('stopped');
      await assert.rejects(
        store.findKeys({ ...NOTHING, untimed: true }, async () => stop.abort(reason), stop.signal),
        reason,
      );
      assert.equal((await store.publishHeal(() => checkpoint('healed'))).rows, ids.length - 3 + 3);
    });
  });

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
      assert.deepEqual(await foundTexts(store, { untimed: true }), [rowOf('a')]);
      await stage(store, [remove('a')]);
      await restart();
      assert.deepEqual(await foundTexts(store, { untimed: true }), []);
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

const byText = (a: { keyText: string }, b: { keyText: string }) => (a.keyText < b.keyText ? -1 : 1);

/** The columns that earlier pieces have added. */
function more(piece: number): readonly Column[] {
  return Array.from({ length: piece - 1 }, (_, i) => attribute(`more${i + 1}`, INT64));
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
