import type { AwsServices } from '../runtime/aws/services';
import type { Clock } from '../runtime/clock';
import type { OperableDestination } from '../runtime/destinations/destination';
import type { PipelineParts } from '../runtime/pipeline/context';
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

/** How the check of the whole life opens a replicator. */
export interface ReplicatorParts {
  /** AWS for a replicator that assumes this role for its tables. */
  openServices(roleArn: string): AwsServices;
  /** A DuckDB file. */
  openDestination(path: string): OperableDestination;
  readonly parts?: Partial<PipelineParts> | undefined;
}
