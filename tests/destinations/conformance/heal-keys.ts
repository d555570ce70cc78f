import assert from 'node:assert/strict';
import { MOST_FOUND_KEYS, type RowChange, type TableTarget } from '../../../runtime/destinations/destination';
import type { AttributeValue } from '../../../runtime/item/attribute-value';
import type { Cell, Column } from '../../../runtime/item/column';
import { keyText } from '../../../runtime/item/item-key';
import type { Fixture } from '../fixture';
import {
  attribute,
  BINARY,
  bury,
  checkpoint,
  COLUMNS,
  deadLetterOf,
  INT64,
  loadRows,
  numberType,
  ORDERS,
  published,
  remove,
  SOFT_ORDERS,
  upsert,
} from './orders';
import { TIME, NOTHING, textOf, batch, batches, stage, entry, healing, found, more } from './heal-lines';

/** What `findKeys` promises. */
export function healKeysConformance(open: () => Promise<Fixture>): void {
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
        const timed = [textOf('after'), textOf('at'), textOf('letter')];
        assert.deepEqual(await found(store, { since: TIME }), [...timed].sort());
        assert.deepEqual(await found(store, { since: TIME + 1 }), [textOf('after')]);
        assert.deepEqual(await found(store, {}), []);
        assert.deepEqual(
          await found(store, { since: TIME, untimed: true }),
          [...timed, textOf('export'), textOf('old')].sort(),
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
      assert.deepEqual(await found(store, {}), [textOf('x')]);
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
        await found(store, { edges: [{ from: TIME, to: TIME + 10 }] }),
        [1, 2, 3].flatMap((i) => [textOf(`row ${i}`), textOf(`letter ${i}`)]).sort(),
      );
      const edges = [
        { from: TIME + 11, to: TIME + 11 },
        { from: TIME + 100, to: TIME + 200 },
      ];
      assert.deepEqual(
        await found(store, { edges }),
        [textOf('row 4'), textOf('letter 4'), textOf('second')].sort(),
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
      assert.deepEqual(await found(store, { since: TIME }), inTable.map(text).sort());
      assert.deepEqual(await found(store, { edges: [{ from: TIME, to: TIME }] }), inLines.map(text).sort());
      // What was found can be deleted.
      const deletes = inTable.map(
        ([p = null, s = null]): RowChange => ({
          action: 'delete',
          keyText: text([p, s]),
          sourceTime: TIME,
          key: [s, p],
        }),
      );
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
      assert.deepEqual(await found(store, { untimed: true }), ids.slice(1).map(textOf).sort());
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
        texts.push(...keys);
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
}
