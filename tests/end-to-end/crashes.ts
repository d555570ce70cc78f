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

/** How many times as fast as real time the simulator's clock runs. */
const RATE = 100;
const ITEMS = 8_000;
const WRITES_PER_SECOND = 500;

/** When a process is killed: at most this many real ms after it has reported a phase. */
interface Target {
  readonly name: 'settling' | 'export' | 'load' | 'publish' | 'stream' | 'recovery';
  readonly withinMs: number;
}

const settling: Target = { name: 'settling', withinMs: 600 };
const exporting: Target = { name: 'export', withinMs: 800 };
const loading: Target = { name: 'load', withinMs: 400 };
const publishing: Target = { name: 'publish', withinMs: 60 };
const streaming: Target = { name: 'stream', withinMs: 900 };
/** A process that continues after a kill: while it opens the database, or after it has reported its first phase. */
const recovery: Target = { name: 'recovery', withinMs: 700 };

/** The kills of a round, in the order of a pipeline's phases. */
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

/** The kills in `npm test`. */
const FEW_KILLS: readonly Target[] = [loading, streaming];
const FEW_ITEMS = 2_000;

/** Creates new databases. */
interface Place {
  /** Returns an address of an empty place, for `--to`. */
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

/** Tests that kill replicators and check the database at the end. */
export function crashes(into: 'DuckDB' | 'PostgreSQL'): void {
  describe('SIGKILL at any moment', () => {
    describe(`into ${into}`, () => {
      if (into === 'PostgreSQL') before(requirePostgres);
      killsInto(into === 'DuckDB' ? duckdbFiles : postgresDatabases);
    });
  });
}

function killsInto(open: () => Place): void {
  /** Rounds of ten kills. Odd rounds load into a new database, even ones reload the same table over the previous one. */
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

  it('C1, P1, P2: killed during the load and the stream, loses nothing and applies nothing twice', () =>
    killOverAndOver(1, FEW_KILLS, FEW_ITEMS));

  full.it('C1, P1, P2: killed over and over, loses nothing and applies nothing twice', async () => {
    const killed = await killOverAndOver(manyRounds, KILLS, ITEMS);
    // A single kill may come a moment too late for its phase, so only many kills show this.
    if (manyRounds < 10) return;
    for (const phase of PHASES) {
      assert.ok(
        (killed[phase] ?? 0) >= manyRounds / 2,
        `SEED=${firstSeed}: too few kills in ${phase}: ${JSON.stringify(killed)}`,
      );
    }
  });

  /** Returns the number of kills per phase. */
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
    // Files arrive so slowly that the load takes a while.
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
        // run continues what resync has begun.
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

/** Starts a process, kills it at the target, and returns the last phase that it reported. */
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
