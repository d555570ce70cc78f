import type { GapReason } from '../../runtime/stream/gap';
import { type Knobs, ServiceError } from '../../simulator';
import type { BeforeCall } from './in-process-services';
import type { Process } from './process';
import { HOUR, MINUTE, SECOND, type World } from './world';

/** One way in which stream records get lost. */
export interface GapVariant {
  readonly name: string;
  readonly knobs?: Partial<Knobs>;
  /** The reasons that the pipeline may report. */
  readonly reasons: readonly GapReason[];
  /** Whether it is found by the answer of one shard. */
  readonly namesShard?: boolean;
  /** How long the export takes, so that it runs all the time. Default: 30 minutes. */
  readonly exportMs?: number;
  /** Causes the loss for a running process. Returns the process that must detect it. */
  happen(world: World, process: Process): Promise<Process>;
}

/** Records are trimmed while W is still young: a check of only W's age would not detect it. */
export const SHORT_RETENTION: Partial<Knobs> = { retentionMs: 2 * HOUR, shardRolloverMs: Infinity };
const NO_ROLLOVER: Partial<Knobs> = { shardRolloverMs: Infinity };

export const GAP_VARIANTS: readonly GapVariant[] = [
  {
    name: 'a day of downtime, records half-trimmed silently (W too old before a read)',
    knobs: { ...NO_ROLLOVER, silentTrim: true },
    reasons: ['too old'],
    happen: (world, process) => downtime(world, process, 25 * HOUR),
  },
  {
    name: 'a day of downtime, records trimmed with an error',
    knobs: { ...NO_ROLLOVER, silentTrim: false },
    reasons: ['too old'],
    happen: (world, process) => downtime(world, process, 25 * HOUR),
  },
  {
    name: 'more than a day of downtime, shards rolled over and gone',
    knobs: { shardRolloverMs: HOUR, silentTrim: true },
    reasons: ['too old'],
    happen: (world, process) => downtime(world, process, 30 * HOUR),
  },
  {
    name: 'a position trimmed sooner than a day',
    knobs: { ...SHORT_RETENTION, silentTrim: false },
    reasons: ['trimmed'],
    happen: (world, process) => downtime(world, process, 5 * HOUR),
  },
  {
    name: 'an unread shard that is gone when it is read',
    knobs: SHORT_RETENTION,
    reasons: ['shard gone'],
    happen: (world, process) => downtime(world, process, 5 * HOUR, () => world.rollover()),
  },
  {
    name: 'an unread shard that is gone from the listings',
    knobs: SHORT_RETENTION,
    reasons: ['shard gone'],
    exportMs: 5 * HOUR,
    async happen(world, process) {
      process.kill();
      const [stuck] = world.simulator.openShards(world.tableName);
      const next = world.start({ beforeCall: failing(world, stuck, 4 * HOUR) });
      await world.busy(10 * MINUTE);
      world.rollover();
      await world.busy(4 * HOUR);
      return next;
    },
  },
  {
    name: 'one shard stuck for a day while the others advance',
    knobs: { ...NO_ROLLOVER, silentTrim: true },
    exportMs: 26 * HOUR,
    reasons: ['too old'],
    async happen(world, process) {
      process.kill();
      const [stuck] = world.simulator.openShards(world.tableName);
      const next = world.start({ beforeCall: failing(world, stuck, 24 * HOUR) });
      await world.busy(25 * HOUR);
      return next;
    },
  },
  {
    name: 'a process suspended between the check and the read (W too old at the answer)',
    knobs: { ...NO_ROLLOVER, silentTrim: true },
    reasons: ['too old'],
    namesShard: true,
    async happen(world, process) {
      await downtime(world, process, 22.8 * HOUR, undefined, false);
      const next = world.start({
        beforeCall: (operation) =>
          operation === 'GetShardIterator' ? world.clock.sleep(2 * HOUR) : undefined,
      });
      await world.busy(2 * HOUR + 2 * SECOND);
      return next;
    },
  },
  {
    name: 'an orphan: a shard whose parent no listing shows',
    knobs: { ...NO_ROLLOVER, parentOmissionMs: [150 * SECOND, 150 * SECOND] },
    reasons: ['orphan'],
    async happen(world, process) {
      world.rollover();
      world.write();
      world.rollover();
      await world.busy(5 * MINUTE);
      return process;
    },
  },
  {
    name: 'another stream ARN, found by a running process',
    reasons: ['stream replaced'],
    async happen(world, process) {
      await replaceStream(world);
      await world.busy(2 * MINUTE);
      return process;
    },
  },
  {
    name: 'another stream ARN, found at the start',
    reasons: ['stream replaced'],
    happen: (world, process) => downtime(world, process, HOUR, () => replaceStream(world)),
  },
];

/** Kills the process while the table keeps changing. Then starts a process, unless `starts` is false. */
export async function downtime(
  world: World,
  process: Process,
  ms: number,
  meanwhile?: () => void | Promise<void>,
  starts = true,
): Promise<Process> {
  process.kill();
  await world.busy(MINUTE);
  await meanwhile?.();
  await world.busy(ms);
  return starts ? world.start() : process;
}

async function replaceStream(world: World): Promise<void> {
  world.setStream(false);
  await world.busy(10 * MINUTE);
  world.setStream(true);
}

/** Fails every read of one shard for `ms` from now on. */
function failing(world: World, shardId: string | undefined, ms: number): BeforeCall {
  const end = world.clock.now() + ms;
  return (operation, subject) => {
    if (operation === 'GetRecords' && subject === shardId && world.clock.now() < end) {
      throw new ServiceError('InternalServerError', 'by the test', 500);
    }
  };
}
