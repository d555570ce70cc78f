import { hostile, type Knobs } from '../../simulator';
import { derivedRandom, type Random } from '../../simulator/random';
import type { Stage } from './stage';
import { HOUR, MINUTE, SECOND, World } from './world';

/** A world with knobs and settings drawn from the seed: the worst that AWS may do, and a little worse. */
export function randomWorld(seed: number, stage?: Stage): World {
  const random = derivedRandom(seed, 'world');
  const healing = derivedRandom(seed, 'healing');
  const ofVerify = derivedRandom(seed, 'verify');
  return new World({
    seed,
    stage,
    grain: random.pick([250, SECOND]),
    keys: random.integer(2, 9),
    knobs: { ...randomKnobs(random), exportEdges: healing.pick(['shared', 'independent']) },
    table: { deletes: random.pick(['hard', 'soft']) },
    settings: {
      onGap: healing.pick(['exit', 'heal', 'heal', 'heal', 'heal', 'heal']),
      heal: { maxUsd: 1_000, readUnitsPerSecond: healing.pick([1, 1_000]) },
      queueBytes: random.pick([1, 64 * 1024, 8 * 1024 * 1024]),
      load: { connections: random.integer(1, 4), transactionBytes: random.pick([1, 100, 1024 * 1024]) },
      verify: { every: ofVerify.pick([undefined, undefined, 5 * MINUTE]), sample: ofVerify.pick([1, 0.4]) },
      poll: {
        minMs: random.pick([500, 2_000]),
        maxMs: random.pick([5_000, 15_000]),
        listShardsMs: random.pick([15_000, 20_000]),
        exportMs: random.pick([10_000, 30_000]),
      },
    },
  });
}

function randomKnobs(random: Random): Partial<Knobs> {
  return {
    ...hostile,
    backupsUnavailableMs: 0,
    backupsEnablingMs: [0, 0],
    partitions: random.integer(1, 4),
    shardRolloverMs: random.pick([Infinity, 20 * MINUTE, HOUR, 4 * HOUR]),
    comparableAcrossShards: random.chance(0.3),
    childListingLagMs: random.pick([
      [0, 0],
      [0, 55 * SECOND],
      [50 * SECOND, 55 * SECOND],
    ]),
    // Rule W1 cannot handle a shard hidden for more than a minute after its creation.
    parentOmissionMs: [0, 0],
    closingLagMs: random.pick([
      [0, 0],
      [0, 55 * SECOND],
      [50 * SECOND, 55 * SECOND],
    ]),
    // A record may look older than it is; one that looked younger would advance W past others.
    creationTimeJitterMs: random.pick([
      [0, 0],
      [-4_000, 0],
    ]),
    trimLazinessMs: random.pick([
      [0, 0],
      [0, HOUR],
    ]),
    silentTrim: random.chance(0.6),
    closedShardListedMs: random.pick([
      [0, 0],
      [0, 24 * HOUR],
    ]),
    exportDurationMs: random.pick([
      [MINUTE, 3 * MINUTE],
      [MINUTE, 3 * MINUTE],
      [5 * MINUTE, 12 * MINUTE],
      [MINUTE, 40 * MINUTE],
    ]),
    exportFiles: random.integer(1, 5),
    exportCut: random.pick(['edges', 'uniform', 'mixed']),
    exportTimeRounding: random.pick(['none', 'down', 'up', 'either']),
  };
}
