import assert from 'node:assert/strict';
import { requirePostgres } from '../postgres-server';
import { seed, sized } from '../seeds';
import { TIER } from '../tiers/tier';
import { Chain, MINUTE, type RunningChain } from './chain';
import { type Judgement, Oracle } from './oracle';
import { PLACES, type PlaceKind } from './places';
import type { Reader } from './reader';
import { TABLES as ALL_TABLES } from './tables';
import { Writer } from './writer';

/** `npm test` has only the table with every type. */
const TABLES = TIER === 'quick' ? ALL_TABLES.slice(0, 1) : ALL_TABLES;
/** Tests that load, follow and verify tables with every kind of item, and then check each cell without any of our code. */
export function exactness(kind: PlaceKind): void {
  const amount = { seed: seed(), items: sized(2_000) };
  describe(`exactness: ${amount.items} items of every kind, exported and changed (seed ${amount.seed})`, () => {
    describe(kind === 'duckdb' ? 'into DuckDB' : 'into PostgreSQL', () => {
      if (kind === 'postgres') before(requirePostgres);
      exactInto(kind, amount);
    });
  });
}

function exactInto(
  kind: PlaceKind,
  { seed, items }: { readonly seed: number; readonly items: number },
): void {
  /** Changes of a table per round, as a share of its items. */
  const changed = items > 10_000 ? 0.02 : 0.05;
  let chain: Chain;
  let writers: readonly Writer[];
  let reader: Reader | undefined;
  let running: RunningChain | undefined;

  before(async () => {
    chain = await Chain.open(await PLACES[kind](), TABLES, {
      seed,
      knobs: { exportDurationMs: [MINUTE, 2 * MINUTE] },
    });
    writers = TABLES.map((table) => new Writer(chain, table, Math.ceil(items * table.share), seed));
    for (const writer of writers) writer.fill();
    await chain.age();
  });

  after(async () => {
    await reader?.close();
    try {
      await running?.stop();
    } finally {
      await chain?.close();
    }
  });

  const change = (pipeline?: string) => {
    for (const writer of writers) {
      if (pipeline === undefined || pipeline.endsWith(`/${writer.table.name}`)) {
        writer.change(Math.ceil(items * writer.table.share * changed));
      }
    }
  };

  it('D1: loads, follows, and verifies with 0 differences', async () => {
    const run = (running = await chain.start());
    const loading = new Set<string>();
    run.events.on('export.requested', ({ pipeline }) => change(pipeline));
    run.events.on('load.progress', ({ pipeline, role, items }) => {
      if (role === 'verify' || items === 0 || loading.has(pipeline)) return;
      loading.add(pipeline);
      change(pipeline);
    });
    await chain.clock.run(run.following);
    assert.equal(loading.size, TABLES.length, 'every table was changed while it was loaded');
    for (const { name } of TABLES) chain.simulator.split(name);
    for (let round = 0; round < 3; round++) {
      change();
      await chain.clock.advance(MINUTE);
    }

    for (const { name } of TABLES) {
      const { differences, examples, rowsCompared, keysSkipped } = await run.verify(name);
      assert.deepEqual({ name, differences, examples }, { name, differences: 0, examples: [] });
      assert.equal(rowsCompared, [...chain.items(name)].length, `${name}: every item is compared`);
      assert.equal(keysSkipped, 0);
    }

    const stop = run.events.on('verify.progress', ({ pipeline, stage }) => {
      // The first changes are certainly applied before the comparison, the second possibly.
      if (/^waiting for (?:an export|the stream)/.test(stage)) change(pipeline);
    });
    const meanwhile = await run.verify(TABLES[0]!.name);
    stop();
    assert.deepEqual(meanwhile.examples, []);
    assert.ok(meanwhile.keysSkipped > 0, 'keys that change while it verifies are left out');
    await chain.clock.advance(MINUTE);
    await run.stop();
    running = undefined;
  });

  for (const { name, ...table } of TABLES) {
    it(`D1: ${name}: every cell equals the item’s value`, async () => {
      reader ??= await chain.place.open();
      const destination = await reader.table(name);
      const writer = writers.find((each) => each.table.name === name)!;
      const oracle = new Oracle({ name, ...table }, destination, chain.place.promises, {
        items: chain.items(name),
        lastWrite: (key) => writer.lastWrites.get(key),
        deleted: destination.soft ? writer.deleted : new Set(),
      });
      const found: Judgement = await oracle.judge(reader.read(destination), await reader.deadLetters(name));
      assert.deepEqual(found.faults, []);
      assert.ok(found.rows > 0 && found.cells > found.rows);
      assert.equal(found.deletedRows, destination.soft ? writer.deleted.size : 0);
      const types = Object.fromEntries(
        destination.columns.flatMap(({ attribute, type }) =>
          Object.hasOwn(table.types, attribute) ? [[attribute, type]] : [],
        ),
      );
      const promised = Object.entries(table.types).map(([attribute, type]) => [attribute, type[kind]]);
      assert.deepEqual(types, Object.fromEntries(promised));
    });
  }

  it('leaves only the tables and its own bookkeeping', async () => {
    reader ??= await chain.place.open();
    const left = (await reader.tables()).filter((table) => !table.startsWith('_replicator.'));
    assert.equal(left.length, TABLES.length, left.join());
    const own = (await reader.tables()).filter((table) => /loading|changes|verify|changed/.test(table));
    assert.deepEqual(own, []);
  });
}
