import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TableTarget } from '../../runtime/destinations/destination';
import type { DatabaseText } from './database-text';
import type { Engine } from './places';

/**
 * The release in its name wrote each file here: a destination in the middle of its work, as text. This version must continue
 * from it. `WRITE_RELEASE=0.1.0 npx mocha tests/upgrade/upgrade.spec.ts` writes the files, in a checkout of that release with
 * this folder; no other version may write them. The simulator's seed determines its ids: if a change of the simulator changes
 * them, the release must write the affected file again.
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
