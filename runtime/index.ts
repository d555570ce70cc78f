/** The package's export `./runtime`: replication as part of your own program. */

export { type GivenSettings, InvalidSettings } from './config';
export { ReplicatorError } from './errors';
export { replicate, type ReplicateOptions, type ReplicatorEvent, StopTimedOut } from './replicate';
export type { RunOutcome } from './replicator';
