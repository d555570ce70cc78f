/** What the package exports as `./runtime`: replication as a part of a program of your own. */

export { type GivenSettings, InvalidSettings } from './config';
export { ReplicatorError } from './errors';
export { replicate, type ReplicateOptions, type ReplicatorEvent, StopTimedOut } from './replicate';
export type { RunOutcome } from './replicator';
