import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TableTarget } from '../../runtime/destinations/destination';
import type { DatabaseText } from './database-text';
import type { Engine } from './places';

/**
 * Each file here was written by the release that it is named after: a destination in the middle of its work, as text. This version has
 * to go on from it. `WRITE_RELEASE=0.1.0 npx mocha tests/upgrade/upgrade.spec.ts` writes them, in a checkout of that release that has this folder; no other version ever writes it again. What the
 * simulator gives out follows from its seed: where a change of it gives out other ids, that one file is written anew by its release.
 */
export const RELEASES = join(__dirname, 'releases');

/** `several`: see several-pipelines.ts. */
export type Recording = 'loading' | 'following' | 'several';

export function fileOf(release: string, recording: Recording, engine: Engine): string {
  return join(RELEASES, `${release}-${recording}-${engine}.json`);
}

export function textOf(release: string, recording: Recording, engine: Engine): DatabaseText {
  return JSON.parse(readFileSync(fileOf(release, recording, engine), 'utf8')) as DatabaseText;
}

/** The table of `loading` and `following`. */
export const ORDERS: TableTarget = {
  pipeline: '123456789012/eu-west-1/orders',
  schema: undefined,
  table: 'orders',
  keySchema: { partition: { name: 'id', type: 'S' } },
  deletes: 'hard',
};
