import type { Shape } from '../shapes/shapes';
import type { Contender } from './contender';
import { PYTHON_VARIABLE, UNMARSHALL_VARIABLE } from './outside';

export interface ContenderEntry {
  readonly title: string;
  readonly group: 'decode' | 'duckdb' | 'postgres';
  /** Shapes that it runs on; default: all. */
  readonly shapes?: readonly Shape[];
  /** `slow`: too slow for a whole export, so it reads the first file only. That does not change its rates. */
  readonly reads: 'all' | 'slow';
  /** Loaded in the child process only, so that no engine adds to another contender's memory. `python`: a separate program. */
  readonly load: (() => Promise<Contender>) | 'python';
  readonly needs?: typeof PYTHON_VARIABLE | typeof UNMARSHALL_VARIABLE | 'postgres';
}

/** All contenders, in the order of a round. */
export const CONTENDERS = {
  gunzip: {
    title: 'gunzip only (limit)',
    group: 'decode',
    reads: 'all',
    load: async () => (await import('./gunzip.js')).gunzip,
  },
  scanner: {
    title: '**our decode**',
    group: 'decode',
    reads: 'all',
    load: async () => (await import('./decode.js')).scan,
  },
  'json-parse': {
    title: '`JSON.parse` per line',
    group: 'decode',
    reads: 'all',
    load: async () => (await import('./json-parse.js')).jsonParse,
  },
  exact: {
    title: 'our exact decoder (the reference)',
    group: 'decode',
    reads: 'slow',
    load: async () => (await import('./decode.js')).decodeExactly,
  },
  unmarshall: {
    title: 'AWS SDK `unmarshall` per line',
    group: 'decode',
    reads: 'slow',
    needs: UNMARSHALL_VARIABLE,
    load: async () => (await import('./unmarshall.js')).unmarshall,
  },
  boto3: {
    title: 'boto3 `TypeDeserializer`',
    group: 'decode',
    reads: 'slow',
    needs: PYTHON_VARIABLE,
    load: 'python',
  },
  'read-json': {
    title: "DuckDB's own `read_json` load",
    group: 'duckdb',
    reads: 'all',
    load: async () => (await import('./duckdb-read-json.js')).readJsonPlain,
  },
  'read-json-as-is': {
    title: "the same, documents left as DynamoDB's JSON",
    group: 'duckdb',
    reads: 'all',
    shapes: ['nested'],
    load: async () => (await import('./duckdb-read-json.js')).readJsonAsIs,
  },
  duckdb: {
    title: '**ours into DuckDB**',
    group: 'duckdb',
    reads: 'all',
    load: async () => (await import('./duckdb-load.js')).duckdbLoad,
  },
  copy: {
    title: '`COPY` of ready-made files (limit)',
    group: 'postgres',
    reads: 'all',
    needs: 'postgres',
    load: async () => (await import('./postgres-copy.js')).postgresCopy,
  },
  'copy-together': {
    title: 'the same, over as many connections as ours',
    group: 'postgres',
    reads: 'all',
    needs: 'postgres',
    load: async () => (await import('./postgres-copy.js')).postgresCopyTogether,
  },
  postgres: {
    title: '**ours into PostgreSQL**',
    group: 'postgres',
    reads: 'all',
    needs: 'postgres',
    load: async () => (await import('./postgres-load.js')).postgresLoad,
  },
} as const satisfies Readonly<Record<string, ContenderEntry>>;

export type ContenderName = keyof typeof CONTENDERS;

export const CONTENDER_NAMES = Object.keys(CONTENDERS) as readonly ContenderName[];

export function entryOf(name: ContenderName): ContenderEntry {
  return CONTENDERS[name];
}

export function isFor(name: ContenderName, shape: Shape): boolean {
  return entryOf(name).shapes?.includes(shape) ?? true;
}
