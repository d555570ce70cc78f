import type { Contender } from './contender';
import { PYTHON_VARIABLE, UNMARSHALL_VARIABLE } from './outside';

export interface ContenderEntry {
  readonly title: string;
  readonly group: 'decode' | 'load';
  /** `slow`: reads the first file of an export only, as it takes long; its rates are the same. */
  readonly reads: 'all' | 'slow';
  /** Loaded in the child process only, so that none has the memory of another one's engine. `python`: a program of its own. */
  readonly load: (() => Promise<Contender>) | 'python';
  readonly needs?: typeof PYTHON_VARIABLE | typeof UNMARSHALL_VARIABLE | 'postgres';
}

/** All of them in the order in which a round runs them. */
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
    title: 'our exact decoder, which judges the other',
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
} as const satisfies Readonly<Record<string, ContenderEntry>>;

export type ContenderName = keyof typeof CONTENDERS;

export const CONTENDER_NAMES = Object.keys(CONTENDERS) as readonly ContenderName[];

export function entryOf(name: ContenderName): ContenderEntry {
  return CONTENDERS[name];
}
