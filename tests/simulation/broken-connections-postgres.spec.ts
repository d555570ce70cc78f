import assert from 'node:assert/strict';
import { Random } from '../../simulator/random';
import { requirePostgres } from '../postgres-server';
import { onlySeed } from '../seeds';
import { quickIf, TIER } from '../tiers/tier';
import { PostgresStage } from './postgres-stage';
import { HOUR, MINUTE, SECOND, World } from './world';

/** Every so many kinds of messages break. */
const STRIDE = TIER === 'quick' ? 68 : 34;
/** So many are sent in a life, about. */
const KINDS = 102;
/** Logging in and all that a connection is made ready with takes so many messages. */
const MOST_LATER = 8;
/** Enough to tell what a message is for. */
const KIND_LENGTH = 120;

/** How a connection breaks at a message, before the server has it or after. */
interface Way {
  readonly how: 'cut' | 'stall' | 'half-open';
  readonly when: 'before' | 'after';
}

const WAYS: readonly Way[] = (['cut', 'stall', 'half-open'] as const).flatMap((how) =>
  (['before', 'after'] as const).map((when) => ({ how, when })),
);

/** Soon enough for a test, and later than a stall ends. */
const PATIENCE = { connectMs: 2_000, silenceMs: 500 };
const STALL_MS = 200;
/** A server's keepalives take as long to find out that nobody is there. */
const HALF_OPEN_MS = 700;

/**
 * A first load, a published table that changes, a resync, a verify and an end, while the connection breaks on which the
 * replicator sends the first message of the n-th kind, and again as many messages `later`, when it has made it anew or is
 * about to. Returns whether there are so many kinds.
 */
async function liveThrough(nth: number, later: number, { how, when }: Way): Promise<boolean> {
  const stage = new PostgresStage(new Random(nth), 0, how === 'cut' ? {} : PATIENCE);
  const settings = { poll: { minMs: MINUTE, maxMs: 2 * MINUTE, listShardsMs: MINUTE, exportMs: MINUTE } };
  const world = new World({ seed: 1, stage, keys: 20, settings });
  await stage.open(world);
  try {
    const kinds = new Set<string>();
    let since: number | undefined;
    const isMeant = (bytes: Buffer) => {
      if (since !== undefined) return ++since === later;
      kinds.add(kindOf(bytes));
      if (kinds.size < nth) return false;
      since = 0;
      return true;
    };
    const relay = await stage.relayed();
    if (how === 'cut') relay.cutWhere(when, isMeant);
    else if (how === 'stall') relay.stallWhere(when, isMeant, STALL_MS);
    else relay.silenceWhere(when, isMeant, HALF_OPEN_MS);
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

  const alone = onlySeed();
  if (alone !== undefined) {
    // One after the other, every kind of message breaks in every way.
    const nth = 1 + ((alone - 1) % KINDS);
    const way = WAYS[Math.floor((alone - 1) / KINDS) % WAYS.length]!;
    it(`C1, C3: at message ${nth}, ${way.how} ${way.when} the server has it: nothing is lost and nothing stops`, async () => {
      await breakAt(nth, way);
    });
    return;
  }

  for (const way of WAYS) {
    const { how, when } = way;
    const what = how === 'cut' ? '' : `it ${how === 'stall' ? 'stalls' : 'is half open'} `;
    quickIf(how === 'cut').it(
      `C1, C3: at any message, ${what}${when} the server has it, and once more on the way back: nothing is lost and nothing stops`,
      async () => {
        let last = 0;
        for (let nth = 1; await breakAt(nth, way); nth += STRIDE) last = nth;
        assert(last > 50, `only ${last} kinds of messages were sent`);
      },
    );
  }
});

/** Returns whether there are so many kinds. @throws Error with the place in it */
async function breakAt(nth: number, way: Way): Promise<boolean> {
  const later = 1 + (nth % MOST_LATER);
  try {
    return await liveThrough(nth, later, way);
  } catch (cause) {
    throw new Error(`${way.how} at kind ${nth}, and ${later} messages later: ${String(cause)}`, { cause });
  }
}
