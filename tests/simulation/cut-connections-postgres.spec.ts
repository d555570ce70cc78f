import assert from 'node:assert/strict';
import { Random } from '../../simulator/random';
import { requirePostgres } from '../postgres-server';
import { PostgresStage } from './postgres-stage';
import { HOUR, MINUTE, SECOND, World } from './world';

/** Every so many kinds of messages are cut. */
const STRIDE = process.env['LONG'] ? 3 : 34;
/** Logging in and all that a connection is made ready with takes so many messages. */
const MOST_LATER = 8;
/** Enough to tell what a message is for. */
const KIND_LENGTH = 120;

/**
 * A first load, a published table that changes, a resync, a verify and an end, while the connection is cut on which the
 * replicator sends the first message of the n-th kind, and again as many messages `later`, when it has made it anew or is
 * about to. Returns whether there are so many kinds.
 */
async function liveThrough(nth: number, later: number, when: 'before' | 'after'): Promise<boolean> {
  const stage = new PostgresStage(new Random(nth), 0);
  const settings = { poll: { minMs: MINUTE, maxMs: 2 * MINUTE, listShardsMs: MINUTE, exportMs: MINUTE } };
  const world = new World({ seed: 1, stage, keys: 20, settings });
  await stage.open(world);
  try {
    const kinds = new Set<string>();
    let since: number | undefined;
    (await stage.relayed()).cutWhere(when, (bytes) => {
      if (since !== undefined) return ++since === later;
      kinds.add(kindOf(bytes));
      if (kinds.size < nth) return false;
      since = 0;
      return true;
    });
    await live(world, stage);
    return since !== undefined;
  } finally {
    await stage.close();
  }
}

async function live(world: World, stage: PostgresStage): Promise<void> {
  await world.prepare();
  for (let writes = 0; writes < 20; writes++) world.write();
  const process = world.start({ disturbance: { after: (step) => stage.committed(world, step) } });
  let error: Error | undefined;
  void process.outcome.then(({ failed }) => (error = failed[0]?.error));
  const until = async (holds: () => boolean, what: string) => {
    await world.until(() => error !== undefined || holds(), HOUR, what);
    if (error !== undefined) throw error;
  };
  for (const generation of [1, 2]) {
    await until(
      () => world.phase === 'stream' && world.checkpoint?.generation === generation,
      `generation ${generation} was published`,
    );
    await world.busy(20 * SECOND);
    await world.untilCaughtUp();
    world.assertEqual();
    if (generation === 1) await world.clock.run(process.replicator.resync(world.tableName));
  }
  const { differences } = await world.clock.run(process.replicator.verify(world.tableName));
  assert.equal(differences, 0);
  assert.deepEqual((await world.clock.run(process.stop())).failed, []);
}

/** The message without what is another one each time. */
function kindOf(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^A-Za-z_ ]/g, '')
    .slice(0, KIND_LENGTH);
}

describe('simulation/connections to a PostgreSQL server that break', () => {
  before(requirePostgres);

  for (const when of ['before', 'after'] as const) {
    it(`C1, C3: at any message, ${when} the server has it, and once more on the way back: nothing is lost and nothing stops`, async function () {
      this.timeout(0);
      let last = 0;
      for (let nth = 1; ; nth += STRIDE) {
        const later = 1 + (nth % MOST_LATER);
        const isCut = await liveThrough(nth, later, when).catch((cause: unknown) => {
          throw new Error(`kind ${nth}, and ${later} messages later: ${String(cause)}`, { cause });
        });
        if (!isCut) break;
        last = nth;
      }
      assert(last > 50, `only ${last} kinds of messages were sent`);
    });
  }
});
