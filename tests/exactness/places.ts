import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../postgres-server';
import { DuckDBFile } from './duckdb-reader';
import { PostgresDatabase } from './postgres-reader';
import type { Reader } from './reader';

export type PlaceKind = 'duckdb' | 'postgres';

/** A test's own database, and the properties of its kind. */
export interface Place {
  readonly kind: PlaceKind;
  /** In the form of `--to`. */
  readonly to: string;
  readonly promises: Promises;
  /** Opens the database for reading. No replicator may have it open. */
  open(): Promise<Reader>;
  clear(): Promise<void>;
}

interface Promises {
  /** Whether the database cannot hold a text, or a name inside a document. */
  readonly cannotHold: (text: string) => boolean;
  /** The reason in a dead letter with such a text. */
  readonly reason: RegExp;
  /** Limit of table and column names in UTF-8 bytes. */
  readonly longestName: number;
}

const isHalfPair = (text: string): boolean => /\p{Surrogate}/u.test(text);

const PROMISES: Readonly<Record<PlaceKind, Promises>> = {
  duckdb: { cannotHold: isHalfPair, reason: /surrogate/, longestName: Infinity },
  postgres: {
    cannotHold: (text) => text.includes('\0') || isHalfPair(text),
    reason: /surrogate|U\+0000/,
    longestName: 63,
  },
};

export const PLACES: Readonly<Record<PlaceKind, () => Promise<Place>>> = {
  async duckdb() {
    const folder = await mkdtemp(join(tmpdir(), 'replicator-exactness-'));
    const to = join(folder, 'exact.duckdb');
    return {
      kind: 'duckdb',
      to,
      promises: PROMISES.duckdb,
      open: () => DuckDBFile.open(to),
      clear: () => rm(folder, { recursive: true, force: true }),
    };
  },
  async postgres() {
    const { url, drop } = await createDatabase();
    return {
      kind: 'postgres',
      to: url,
      promises: PROMISES.postgres,
      open: () => PostgresDatabase.open(url),
      clear: drop,
    };
  },
};
