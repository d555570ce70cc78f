import type { SimulatorClock } from '../clock';
import type { Faults, Service } from '../faults';
import type { Caller } from '../iam/caller';
import type { ObjectBackend } from '../s3/rest';
import type { Secrets } from '../secrets';

/** What the HTTP server needs from the simulator. */
export interface Backend extends ObjectBackend {
  readonly clock: SimulatorClock & { advance?(ms: number): void };
  readonly faults: Faults;
  readonly secrets: Secrets;
  /** Runs everything that is due. */
  tick(): void;
  /** Executes a call without applying fault rules. @throws ServiceError */
  perform(
    service: Exclude<Service, 's3'>,
    operation: string,
    input: Record<string, unknown>,
    caller: Caller,
  ): unknown;
  rollover(tableName: string): void;
  split(tableName: string, shardId?: string): void;
  failNextExport(code: string, message?: string): void;
}
