import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { derivedRandom, type Random } from '../../simulator/random';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';
import { seed, sized } from '../seeds';
import { full } from '../tiers/tier';
import { Command, endAll } from './command';
import { assertEqual, assertLoadedOnce } from './contents';
import { settle } from './settle';
import { Source } from './source';

/** Service seconds per second. */
const RATE = 100;
const ITEMS = 8_000;
const WRITES_PER_SECOND = 500;

/** Where a process is killed: so many real ms (at most) after it has told that it is there. */
interface Target {
  readonly name: 'settling' | 'export' | 'load' | 'publish' | 'stream' | 'recovery';
  readonly withinMs: number;
}

const settling: Target = { name: 'settling', withinMs: 600 };
const exporting: Target = { name: 'export', withinMs: 800 };
const loading: Target = { name: 'load', withinMs: 400 };
const publishing: Target = { name: 'publish', withinMs: 60 };
const streaming: Target = { name: 'stream', withinMs: 900 };
/** A process that has to go on where another was killed: while it opens the database, or once it has told its first phase. */
const recovery: Target = { name: 'recovery', withinMs: 700 };

/** The kills of a round, in the order in which a pipeline goes through its phases. */
const KILLS: readonly Target[] = [
  settling,
  exporting,
  recovery,
  loading,
  loading,
  recovery,
  publishing,
  streaming,
  recovery,
  streaming,
];

/** Those of `npm test`. */
const FEW_KILLS: readonly Target[] = [loading, streaming];
const FEW_ITEMS = 2_000;

/** Where new databases are made. */
interface Place {
  /** An address for `--to` at which there is nothing. */
  make(): Promise<string>;
  clear(): Promise<void>;
}

function duckdbFiles(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'replicator-crash-'));
  let made = 0;
  return {
    make: async () => join(folder, `${(made += 1)}.duckdb`),
    clear: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function postgresDatabases(): Place {
  const made: TestDatabase[] = [];
  return {
    async make() {
      made.push(await createDatabase());
      return made.at(-1)!.url;
    },
    async clear() {
      for (const database of made) await database.drop();
    },
  };
}

/** Tests that kill replicators into a database, and look at what is there in the end. */
export function crashes(into: 'DuckDB' | 'PostgreSQL'): void {
  describe('SIGKILL at any instant', () => {
    describe(`into ${into}`, () => {
      if (into === 'PostgreSQL') before(requirePostgres);
      killsInto(into === 'DuckDB' ? duckdbFiles : postgresDatabases);
    });
  });
}

function killsInto(open: () => Place): void {
  /** Of ten kills each; odd ones load into a new database, even ones load the same table anew over the one before. */
  const manyRounds = sized(1);
  const firstSeed = seed();
  let place: Place;
  let source: Source;

  before(() => (place = open()));
  afterEach(async () => {
    await endAll();
    await source.stop();
  });
  after(() => place.clear());

  it('C1, P1, P2: nothing is lost and nothing doubled, killed in the load and in the stream', () =>
    killOverAndOver(1, FEW_KILLS, FEW_ITEMS));

  full.it('C1, P1, P2: nothing is lost and nothing doubled, killed over and over', async () => {
    const killed = await killOverAndOver(manyRounds, KILLS, ITEMS);
    // A kill may come a moment after what it is meant for: that is seen in many of them.
    if (manyRounds < 10) return;
    for (const phase of PHASES) {
      assert.ok(
        (killed[phase] ?? 0) >= manyRounds / 2,
        `SEED=${firstSeed}: too few kills in ${phase}: ${JSON.stringify(killed)}`,
      );
    }
  });

  /** Returns how many kills came in which phase. */
  async function killOverAndOver(
    rounds: number,
    kills: readonly Target[],
    items: number,
  ): Promise<Readonly<Record<string, number>>> {
    source = await Source.start({
      seed: firstSeed,
      rate: RATE,
      knobs: { exportFiles: 12, exportDurationMs: [60_000, 120_000], shardRolloverMs: 2 * 3_600_000 },
    });
    // Files arrive slowly enough that the load of them takes a while.
    source.simulator.faults.add({
      service: 's3',
      operation: 'GetObject',
      containing: '/data/',
      answer: { kind: 'delay', ms: 30 },
    });
    const table = source.table('orders', items);
    const killed: Record<string, number> = {};
    let to = '';
    for (let round = 1; round <= rounds; round++) {
      const isNew = round % 2 === 1;
      if (isNew) to = await place.make();
      const context = `SEED=${firstSeed}, round ${round}`;
      const random = derivedRandom(firstSeed, `kills of round ${round}`);
      table.write(WRITES_PER_SECOND);
      let verb = isNew ? 'run' : 'resync';
      for (const target of kills) {
        const at = await killOnce(words(verb, to), target, random);
        killed[at] = (killed[at] ?? 0) + 1;
        // What resync has begun, run goes on with.
        if (isReached('export', at)) verb = 'run';
        if (random.chance(0.2)) table.split();
      }
      await settle(Command.start(words('run', to)), [table]);
      await assertEqual(to, table, context);
      await assertLoadedOnce(to, source.simulator, context);
    }
    return killed;
  }

  function words(verb: string, to: string): string[] {
    return [...source.words(verb, to), ...(verb === 'resync' ? ['--yes'] : [])];
  }
}

/** Starts a process, kills it where the target says, and returns the last phase that it had told. */
async function killOnce(words: readonly string[], target: Target, random: Random): Promise<string> {
  const command = Command.start(words);
  const phase = target.name === 'settling' || target.name === 'recovery' ? 'start' : target.name;
  if (target.name !== 'recovery' || random.chance(0.5)) {
    await command.line(`phase ${phase} or a later one`, (line) => isReached(phase, line.phase));
  }
  await pause(random.next() * target.withinMs);
  const { signal } = await command.kill();
  assert.equal(signal, 'SIGKILL', `it ended by itself\n${command.picture()}`);
  return command.lines.findLast((line) => line.event === 'pipeline.phase')?.phase ?? 'nothing';
}

const PHASES = ['start', 'export', 'load', 'publish', 'stream'];

function isReached(wanted: string, phase: string | undefined): boolean {
  return phase !== undefined && PHASES.indexOf(phase) >= PHASES.indexOf(wanted);
}
