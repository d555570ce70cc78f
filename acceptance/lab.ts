import { createHash } from 'node:crypto';
import { makeBucket, otherRegion } from './buckets';
import type { Check, Lab, LabClock } from './check';
import type { Clients, ResponseDates } from './clients';
import { awayNameOf, nameOf } from './names';
import { type Place, roleArn } from './role';
import type { RunState } from './run-state';
import type { EpochClock, ReplicatorParts } from './surroundings';
import { makeTable } from './tables';

/** What the labs of a run share. */
export interface LabParts {
  readonly place: Place;
  readonly clients: Clients;
  readonly asReplicator: Clients;
  readonly dates: ResponseDates;
  readonly state: RunState;
  readonly clock: EpochClock;
  readonly replicator: ReplicatorParts;
  /** The signal with which the clients were opened. */
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** The lab in which a check works. */
export function labFor({ id, mode }: Pick<Check, 'id' | 'mode'>, parts: LabParts): Lab {
  const { place, clients, asReplicator, dates, state, clock, signal } = parts;
  const time: LabClock = { now: () => clock.now(), sleep: (ms) => clock.sleep(ms, signal) };
  const { dynamodb, streams, s3, s3Away } = clients;
  return {
    dynamodb,
    streams,
    s3,
    region: place.region,
    bucket: nameOf(place.suffix),
    clock: time,
    signal,
    asReplicator,
    table: (part, options = {}) => makeTable({ dynamodb, clock: time, suffix: place.suffix }, part, options),
    bucketAway: async () => {
      const bucket = { name: awayNameOf(place.suffix), region: otherRegion(place.region) };
      await makeBucket(s3Away, { ...bucket, suffix: place.suffix });
      return bucket;
    },
    dateOf: (received) => dates.of(received),
    replicator: {
      ...parts.replicator,
      clock,
      openServices: () => parts.replicator.openServices(roleArn(place)),
    },
    random: seeded(`${state.record.seed}/${mode}/${id}`),
    recall: (name) => state.recall(name),
    remember: (name, what) => state.remember(name, what),
    log: (line) => parts.log(`${id}: ${line}`),
  };
}

const RANDOM_BITS = 48;

/** Numbers that a text determines. */
function seeded(seed: string): () => number {
  let count = 0;
  return () => {
    const digest = createHash('sha256').update(`${seed}/${count++}`).digest();
    return digest.readUIntBE(0, RANDOM_BITS / 8) / 2 ** RANDOM_BITS;
  };
}
