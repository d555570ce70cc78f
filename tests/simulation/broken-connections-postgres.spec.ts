import assert from 'node:assert/strict';
import { MailboxReplicator } from '../../runtime/control/mailbox-client';
import { MailboxServer } from '../../runtime/control/mailbox-server';
import { CommitOutcomeUnknown, DestinationUnavailable } from '../../runtime/destinations/errors';
import { Random } from '../../simulator/random';
import type { Way } from '../destinations/postgres/breaking-relay';
import { requirePostgres } from '../postgres-server';
import { onlySeed } from '../seeds';
import { quickIf, TIER } from '../tiers/tier';
import { PostgresStage } from './postgres-stage';
import { HOUR, MINUTE, SECOND, World } from './world';

/** Approximate number of kinds of messages in a life, in both directions. */
const KINDS = 660;
/** The first message that breaks, and the distance to the next. */
const [FIRST, STRIDE] = TIER === 'quick' ? [292, KINDS] : [1, 97];
/** Messages until a connection is logged in and ready. */
const MOST_LATER = 60;

const WAYS: readonly Way[] = ['cut', 'stall', 'half-open', 'late'];
/** The ones of the quick tier. */
const QUICK: readonly Way[] = ['cut', 'late'];

/** Soon enough for a test, and later than a stall ends. */
const PATIENCE = { connectMs: 1_000, silenceMs: 300 };
/** The mailbox is polled less often than outside a simulation. */
const MAILBOX_PACE = 120;

/**
 * A first load, a published table that changes, a resync, a verify and an end, with a mailbox. The connection that carries the
 * message of the n-th kind breaks, and another one `later` messages after that, when it was or is being opened again. Returns the
 * number of kinds.
 */
async function liveThrough(nth: number, later: number, way: Way): Promise<number> {
  const stage = new PostgresStage(new Random(nth), 0, PATIENCE);
  const settings = { poll: { minMs: MINUTE, maxMs: 2 * MINUTE, listShardsMs: MINUTE, exportMs: MINUTE } };
  const world = new World({ seed: 1, stage, keys: 20, settings });
  await stage.open(world);
  try {
    const kinds = new Set<string>();
    let since: number | undefined;
    const relay = await stage.relayed();
    relay.breakWhere(way, (kind) => {
      kinds.add(kind);
      if (since !== undefined) return ++since === later;
      if (kinds.size < nth) return false;
      since = 0;
      return true;
    });
    await live(world, stage);
    return kinds.size;
  } finally {
    await stage.close();
  }
}

async function live(world: World, stage: PostgresStage): Promise<void> {
  await world.prepare();
  const server = await world.clock.run(serveMailbox(world, stage));
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
  assert.equal(await world.clock.run(askForStatus(world, stage)), 'fine');
  const { differences } = await world.clock.run(process.replicator.verify(world.tableName));
  assert.equal(differences, 0);
  await world.clock.run(server.close());
  assert.deepEqual((await world.clock.run(process.stop())).failed, []);
}

/** As the command does when its service starts: waits for a destination that does not answer yet. */
async function serveMailbox(world: World, stage: PostgresStage): Promise<MailboxServer> {
  const mailbox = stage.mailbox(world, 'replicator');
  const none = () => Promise.reject(new Error('nobody asks for it'));
  const handlers = { status: () => Promise.resolve('fine'), estimate: none, verify: none, resync: none };
  const clock = {
    elapsedMs: () => world.clock.elapsedMs(),
    sleep: (ms: number, signal?: AbortSignal) => world.clock.sleep(ms * MAILBOX_PACE, signal),
  };
  const unforeseen = (error: Error) => {
    throw error;
  };
  for (;;) {
    try {
      return await MailboxServer.start(mailbox, [world.tableName], handlers, unforeseen, clock);
    } catch (error) {
      if (!(error instanceof DestinationUnavailable || error instanceof CommitOutcomeUnknown)) throw error;
      await world.clock.sleep(SECOND);
    }
  }
}

/** From another process, once the replicating one has registered. */
async function askForStatus(world: World, stage: PostgresStage): Promise<unknown> {
  const mailbox = stage.mailbox(world, 'outside');
  for (;;) {
    const [presence] = await mailbox.present();
    if (presence !== undefined)
      return new MailboxReplicator(mailbox, presence, world.clock).ask('status', undefined, () => undefined);
    await world.clock.sleep(SECOND);
  }
}

describe('simulation/connections to a PostgreSQL server that break', () => {
  before(requirePostgres);

  const alone = onlySeed();
  if (alone !== undefined) {
    // Every kind of message breaks in every way, one after the other.
    const nth = 1 + ((alone - 1) % KINDS);
    const way = WAYS[Math.floor((alone - 1) / KINDS) % WAYS.length]!;
    it(`C1, C3: at message ${nth}, ${way}: nothing is lost and nothing stops`, async () => {
      await breakAt(nth, way);
    });
    return;
  }

  for (const way of WAYS) {
    quickIf(QUICK.includes(way)).it(
      `C1, C3: at any message of either side, ${way}, and once more on the way back: nothing is lost and nothing stops`,
      async () => {
        for (let nth = FIRST; nth <= KINDS; nth += STRIDE) {
          const kinds = await breakAt(nth, way);
          assert(kinds > 0.9 * KINDS && kinds < 1.2 * KINDS, `${kinds} kinds of messages were sent`);
        }
      },
    );
  }
});

/** Returns the number of kinds of messages. @throws Error that names the place */
async function breakAt(nth: number, way: Way): Promise<number> {
  const later = 1 + (nth % MOST_LATER);
  try {
    return await liveThrough(nth, later, way);
  } catch (cause) {
    throw new Error(`${way} at kind ${nth}, and ${later} messages later: ${String(cause)}`, { cause });
  }
}
