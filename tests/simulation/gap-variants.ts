import type { GapReason } from '../../runtime/stream/gap';
import { type Knobs, ServiceError } from '../../simulator';
import type { BeforeCall } from './in-process-services';
import type { Process } from './process';
import { HOUR, MINUTE, SECOND, type World } from './world';

/** One way in which stream records come to be lost. */
export interface GapVariant {
  readonly name: string;
  readonly knobs?: Partial<Knobs>;
  /** What the pipeline is to name as the cause. */
  readonly reasons: readonly GapReason[];
  /** It is found by what one shard has answered. */
  readonly namesShard?: boolean;
  /** How long an export takes that is to be under way all the while. Default: 30 minutes. */
  readonly exportMs?: number;
  /** Brings it about for a running process; gives the process that has to notice. */
  happen(world: World, process: Process): Promise<Process>;
}

/** Records are trimmed while W is young yet: what follows W's age alone would not see them go. */
export const SHORT_RETENTION: Partial<Knobs> = { retentionMs: 2 * HOUR, shardRolloverMs: Infinity };
const NO_ROLLOVER: Partial<Knobs> = { shardRolloverMs: Infinity };

export const GAP_VARIANTS: readonly GapVariant[] = [
  {
    name: 'a day of downtime, records half-trimmed without a word (W too old before a read)',
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
    name: 'a day and more of downtime, shards rolled over and vanished',
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
    name: 'one shard stuck for a day while the others go on',
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

/** The process is killed, the table goes on changing; a process starts, unless `starts` is false. */
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

/** For `ms` from now on, every read of one shard fails. */
function failing(world: World, shardId: string | undefined, ms: number): BeforeCall {
  const end = world.clock.now() + ms;
  return (operation, subject) => {
    if (operation === 'GetRecords' && subject === shardId && world.clock.now() < end) {
      throw new ServiceError('InternalServerError', 'by the test', 500);
    }
  };
}
