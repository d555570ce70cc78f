import assert from 'node:assert/strict';
import type { Difference } from '../../runtime/destinations/destination';
import { Chain } from './chain';
import { DuckDBFile } from './duckdb-reader';
import { PLACES } from './places';
import { TABLES } from './tables';
import { Writer } from './writer';

const SEED = 1;
const ITEMS = 400;

/** A change made to the file behind the replicator's back, and the difference that verify must report. */
interface Tampering {
  readonly what: string;
  /** Empty: the previous change also causes this difference. */
  readonly sql: string;
  readonly expected: Difference | undefined;
}

const different = (id: string, ...columns: string[]): Difference => ({
  key: { id },
  difference: 'different',
  columns,
});
const cell = (id: string, column: string, value: string): Tampering => ({
  what: `another ${column}`,
  sql: `UPDATE everything SET "${column}" = ${value} WHERE id = '${id}'`,
  expected: different(id, column),
});

/** These ids exist and are loaded completely: they are neither special keys nor dead letters. */
const everything: readonly Tampering[] = [
  cell('103', 'small', 'small + 1'),
  cell('104', 'price', 'coalesce(price, 0) + 0.01'),
  cell('105', 'digits', `CASE WHEN digits > 0 THEN digits - 1 ELSE digits + 1 END`),
  cell('106', 'extreme', `'0.1' || extreme`),
  cell('107', 'text', `coalesce(text, '') || ' '`),
  cell('108', 'bytes', `bytes || '\\x00'::BLOB`),
  cell('109', 'flag', 'NOT flag'),
  cell('110', 'map', `'{"never":"written"}'::JSON`),
  cell('111', 'small', 'NULL'),
  {
    what: 'two changed cells of a row',
    sql: `UPDATE everything SET small = 5, flag = NULL WHERE id = '112'`,
    expected: different('112', 'flag', 'small'),
  },
  {
    what: 'a missing row',
    sql: `DELETE FROM everything WHERE id = '113'`,
    expected: { key: { id: '113' }, difference: 'missing in the destination', columns: [] },
  },
  {
    what: 'an additional row',
    sql: `INSERT INTO everything (id, small) VALUES ('never written', 1)`,
    expected: { key: { id: 'never written' }, difference: 'missing in the source', columns: [] },
  },
  {
    what: 'a duplicate row',
    sql: `INSERT INTO everything SELECT * FROM everything WHERE id = '114'`,
    expected: { key: { id: '114' }, difference: 'missing in the source', columns: [] },
  },
  {
    what: 'another key',
    sql: `UPDATE everything SET id = 'renamed' WHERE id = '115'`,
    expected: { key: { id: 'renamed' }, difference: 'missing in the source', columns: [] },
  },
  {
    what: 'the key that a row had before',
    sql: '',
    expected: { key: { id: '115' }, difference: 'missing in the destination', columns: [] },
  },
  {
    what: 'a changed time, which the source does not know',
    sql: `UPDATE everything SET __source_time = now()::TIMESTAMP WHERE id = '116'`,
    expected: undefined,
  },
];

const letters: readonly Tampering[] = [
  {
    what: 'a missing dead letter',
    sql: `DELETE FROM _replicator.dead_letters WHERE key LIKE '%"202 %' AND pipeline LIKE '%/everything'`,
    expected: {
      key: { 'dead letter': '{"id":{"S":"202 \\ud83d"}}' },
      difference: 'missing in the destination',
      columns: [],
    },
  },
  {
    what: 'a changed dead letter',
    sql: `UPDATE _replicator.dead_letters SET item = item || ' ' WHERE key LIKE '%"2 %' AND pipeline LIKE '%/everything'`,
    expected: { key: { 'dead letter': '{"id":{"S":"2 \\ud83d"}}' }, difference: 'different', columns: [] },
  },
  {
    what: 'an additional dead letter',
    sql: `INSERT INTO _replicator.dead_letters SELECT pipeline, stage, '{"id":{"S":"made up"}}', reason, sequence_number, item, NULL
      FROM _replicator.dead_letters WHERE stage = 'visible' AND pipeline LIKE '%/everything' LIMIT 1`,
    expected: {
      key: { 'dead letter': '{"id":{"S":"made up"}}' },
      difference: 'missing in the source',
      columns: [],
    },
  },
];

const composite: readonly Tampering[] = [
  {
    what: 'a composite key, named completely, with bytes in base64',
    sql: `UPDATE "Composite-Key_${'x'.repeat(100)}" SET a1 = '"tampered"'::JSON WHERE "Sort.Key" = '8'`,
    expected: {
      key: { 'bytes "key"': Buffer.from([1, 0, 0xff, 0]).toString('base64'), 'Sort.Key': '8' },
      difference: 'different',
      columns: ['a1'],
    },
  },
];

const wide: readonly Tampering[] = [
  {
    what: 'the rest',
    sql: `UPDATE wide SET __rest = '{"made":"up"}'::JSON WHERE id = 7`,
    expected: { key: { id: '7', sort: '\0' + '7' }, difference: 'different', columns: ['__rest'] },
  },
];

const documents: readonly Tampering[] = [
  {
    what: 'a document',
    sql: `UPDATE documents SET document = '{}'::JSON WHERE sort = '8'::BLOB`,
    expected: {
      key: { document_: '8', sort: Buffer.from('8').toString('base64') },
      difference: 'different',
      columns: ['document'],
    },
  },
];

const softTable = '"another.schema"."with ""soft"" deletes"';
const softKey = (i: number): Record<string, string> => ({ Id: Buffer.from(`\0${i}`).toString('base64') });
const soft: readonly Tampering[] = [
  {
    what: 'a row marked as deleted',
    sql: `UPDATE ${softTable} SET __deleted = true WHERE Id = '\\x008'::BLOB`,
    expected: { key: softKey(8), difference: 'missing in the destination', columns: [] },
  },
  {
    what: 'a deleted row that is not marked',
    sql: `UPDATE ${softTable} SET __deleted = false WHERE Id = '\\x009'::BLOB`,
    expected: { key: softKey(9), difference: 'missing in the source', columns: [] },
  },
  {
    what: 'a changed value of a deleted row, which the source does not know',
    sql: `UPDATE ${softTable} SET a = NULL WHERE Id = '\\x0010'::BLOB`,
    expected: undefined,
  },
];

const TAMPERINGS = new Map(
  [[...everything, ...letters], [], composite, wide, documents, soft].map((list, i) => [
    TABLES[i]!.name,
    list,
  ]),
);

describe('differences: verify finds and names what was changed behind the replicator’s back', () => {
  let chain: Chain;
  const found = new Map<string, readonly Difference[]>();
  const counted = new Map<string, number>();

  before(async () => {
    chain = await Chain.open(await PLACES.duckdb(), TABLES, {
      seed: SEED,
      knobs: { exportDurationMs: [60_000, 60_000] },
    });
    for (const table of TABLES) new Writer(chain, table, ITEMS, SEED).fill();
    await chain.age();
    const first = await chain.start();
    await chain.clock.run(first.following);
    for (const i of [9, 10]) chain.delete('soft', TABLES.find(({ name }) => name === 'soft')!.keyOf(i));
    await chain.clock.advance(60_000);
    await first.stop();

    const file = await DuckDBFile.open(chain.place.to);
    for (const list of TAMPERINGS.values()) for (const { sql } of list) if (sql !== '') await file.run(sql);
    file.close();

    const second = await chain.start();
    await chain.clock.run(second.following);
    for (const { name } of TABLES) {
      const { differences, examples } = await second.verify(name);
      counted.set(name, differences);
      found.set(name, examples);
    }
    await second.stop();
  });

  after(() => chain.close());

  for (const [name, list] of TAMPERINGS) {
    for (const { what, expected } of list) {
      if (expected === undefined) continue;
      it(`${name.slice(0, 15)}: ${what}`, () => {
        const key = JSON.stringify(named(expected).key);
        const matching = (found.get(name) ?? [])
          .map(named)
          .filter((each) => JSON.stringify(each.key) === key);
        assert.deepEqual(matching, [named(expected)]);
      });
    }
    it(`${name.slice(0, 15)}: and nothing else`, () => {
      const expected = list.filter((tampering) => tampering.expected !== undefined).length;
      assert.equal(counted.get(name), expected, JSON.stringify(found.get(name), null, 1));
    });
  }
});

/** Sorts the columns, and names key columns by their attributes if the column has a suffix. */
function named({ key, difference, columns }: Difference): Difference {
  const keys = Object.entries(key).map(([name, value]) => [name.replace(/_[0-9a-f]{8}$/, '_'), value]);
  return { key: Object.fromEntries(keys) as Difference['key'], difference, columns: [...columns].sort() };
}
