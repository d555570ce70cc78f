import type { AwsServices } from '../runtime/aws/services';
import type { Clock } from '../runtime/clock';
import type { LabReplicator } from './check';
import type { Connect } from './clients';

/** This machine's time; `now` is epoch ms. */
export interface EpochClock extends Clock {
  now(): number;
}

/** Everything outside that a run uses; tests bring a simulator and its time. */
export interface Surroundings {
  readonly region: string;
  readonly connect: Connect;
  readonly clock: EpochClock;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly replicator: ReplicatorParts;
}

/** How checks open the replicator itself. */
export interface ReplicatorParts extends Pick<LabReplicator, 'openDestination' | 'parts'> {
  openServices(roleArn: string): AwsServices;
}
