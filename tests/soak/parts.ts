import { HEALED } from '../tiers/figures';

/** What a share of a part's seeds must reach, by the name of its figure. */
export interface Goal {
  readonly figure: string;
  readonly share: number;
}

/** A random or long test: specs that run with one seed after the other. */
export interface Part {
  readonly name: string;
  /** What one seed runs, for people. */
  readonly what: string;
  readonly specs: readonly string[];
  /** Limits the specs to tests whose titles match this. */
  readonly grep?: string;
  /** In runs by the minute: how many times as large as in the tests. */
  readonly size?: number;
  /** What `--complete` runs: the number of seeds, from 1 on, and their size. */
  readonly complete: { readonly seeds: number; readonly size?: number };
  readonly goal?: Goal;
}

/** Schedules that heal nothing would not test the rules of heals. */
const HEALS: Goal = { figure: HEALED, share: 1 / 3 };

const SCHEDULES = 'tests/simulation/random-schedules.spec.ts';
const ITEM = 'tests/runtime/item';
/** The specs with property tests. */
const VALUES = [
  ...['catalog', 'catalog-columns', 'catalog-rows', 'cell', 'column-name', 'column-type', 'document'],
  ...['export-line', 'item-key', 'number', 'scanner/ascii'],
].map((name) => `${ITEM}/${name}.spec.ts`);

export const PARTS: readonly Part[] = [
  {
    name: 'schedules-memory',
    what: 'a schedule of crashes, splits, gaps and resyncs, in memory',
    specs: [SCHEDULES],
    grep: 'in memory',
    complete: { seeds: 5_000 },
    goal: HEALS,
  },
  {
    name: 'schedules-duckdb',
    what: 'the same over a DuckDB file',
    specs: [SCHEDULES],
    grep: 'over DuckDB',
    complete: { seeds: 200 },
    goal: HEALS,
  },
  {
    name: 'schedules-postgres',
    what: 'the same over a PostgreSQL server',
    specs: ['tests/simulation/random-schedules-postgres.spec.ts'],
    complete: { seeds: 200 },
    goal: HEALS,
  },
  {
    name: 'schedules-sockets',
    what: 'the same with the AWS SDK over sockets',
    specs: [SCHEDULES],
    grep: 'over sockets',
    complete: { seeds: 20 },
    goal: HEALS,
  },
  {
    name: 'kills-duckdb',
    what: 'ten kills of a replicator that writes DuckDB, and ten of a resync',
    specs: ['tests/end-to-end/crash-duckdb.spec.ts'],
    grep: 'over and over',
    size: 2,
    complete: { seeds: 1, size: 10 },
  },
  {
    name: 'kills-postgres',
    what: 'likewise into PostgreSQL',
    specs: ['tests/end-to-end/crash-postgres.spec.ts'],
    grep: 'over and over',
    size: 2,
    complete: { seeds: 1, size: 10 },
  },
  {
    name: 'server-kills',
    what: 'two kills of a PostgreSQL server, and two connections cut at a commit, under load',
    specs: ['tests/end-to-end/postgres-failures.full.spec.ts'],
    grep: 'is killed|are cut',
    complete: { seeds: 1, size: 10 },
  },
  {
    name: 'names-duckdb',
    what: 'the life of every eighth table whose names are words of our SQL, in DuckDB',
    specs: ['tests/destinations/duckdb-names.spec.ts'],
    complete: { seeds: 8 },
  },
  {
    name: 'names-postgres',
    what: 'likewise in PostgreSQL',
    specs: ['tests/destinations/postgres-names.spec.ts'],
    complete: { seeds: 8 },
  },
  {
    name: 'commits-duckdb',
    what: 'a thousand commits to DuckDB, without a memory leak',
    specs: ['tests/memory/commits.full.spec.ts'],
    complete: { seeds: 1, size: 120 },
  },
  {
    name: 'connections',
    what: 'a life in which connections to PostgreSQL are cut, stalled, half open or late at one kind of message',
    specs: ['tests/simulation/broken-connections-postgres.spec.ts'],
    complete: { seeds: 2_280 },
  },
  {
    name: 'model',
    what: 'lives of the model of the rules',
    specs: ['tests/model/model.spec.ts'],
    grep: 'every promise is kept',
    complete: { seeds: 1, size: 7 },
  },
  {
    name: 'lineages',
    what: 'random lineages of shards against the shard graph',
    specs: ['tests/runtime/stream/lineage-model.spec.ts'],
    grep: 'each write is applied once',
    complete: { seeds: 1, size: 34 },
  },
  {
    name: 'decoders',
    what: 'random items, spellings and damaged bytes through both decoders',
    specs: ['tests/runtime/item/scanner/fuzz.spec.ts'],
    complete: { seeds: 1, size: 50 },
  },
  {
    name: 'values',
    what: 'properties of values, keys, columns and documents',
    specs: VALUES,
    complete: { seeds: 1, size: 20 },
  },
  {
    name: 'conformance-memory',
    what: 'two random walks of a destination in memory',
    specs: ['tests/destinations/memory.spec.ts'],
    grep: 'shows what the source has',
    complete: { seeds: 1_000 },
  },
  {
    name: 'conformance-duckdb',
    what: 'two random walks of DuckDB',
    specs: ['tests/destinations/duckdb-in-any-order.spec.ts'],
    grep: 'shows what the source has',
    complete: { seeds: 40 },
  },
  {
    name: 'conformance-postgres',
    what: 'two random walks of PostgreSQL',
    specs: ['tests/destinations/postgres-in-any-order.spec.ts'],
    grep: 'shows what the source has',
    complete: { seeds: 40 },
  },
  {
    name: 'exactness-duckdb',
    what: 'items of every kind, exported and changed, cell by cell, into DuckDB',
    specs: ['tests/exactness/duckdb.spec.ts'],
    size: 2,
    complete: { seeds: 1, size: 100 },
  },
  {
    name: 'exactness-postgres',
    what: 'likewise into PostgreSQL',
    specs: ['tests/exactness/postgres.spec.ts'],
    size: 2,
    complete: { seeds: 1, size: 100 },
  },
  {
    name: 'stream-readers',
    what: 'readers of hostile streams of the simulator',
    specs: ['tests/simulator/streams/careful-reader.spec.ts'],
    grep: 'arrives at the table',
    complete: { seeds: 1, size: 12 },
  },
  {
    name: 'acceptance',
    what: 'an eighth of the knobs, each turned for itself, and the checks of AWS that must notice',
    specs: ['tests/acceptance/checks.spec.ts'],
    complete: { seeds: 8 },
  },
  {
    name: 'large',
    what: 'loads, exports and tables of a size at which memory shows, and days of service time',
    specs: [
      'tests/memory/memory.full.spec.ts',
      'tests/destinations/duckdb/large-tables.full.spec.ts',
      'tests/simulation/week.full.spec.ts',
      'tests/simulator/exports/exports.spec.ts',
    ],
    grep: 'memory: |much larger than|a week|hold many and large items',
    complete: { seeds: 1, size: 10 },
  },
];
