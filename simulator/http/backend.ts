import type { SimulatorClock } from '../clock';
import type { Faults, Service } from '../faults';
import type { Caller } from '../iam/caller';
import type { ObjectBackend } from '../s3/rest';
import type { Secrets } from '../secrets';

/** What the HTTP front needs of the simulator behind it. */
export interface Backend extends ObjectBackend {
  readonly clock: SimulatorClock & { advance?(ms: number): void };
  readonly faults: Faults;
  readonly secrets: Secrets;
  /** Does what is due. */
  tick(): void;
  /** Carries a call out, past all fault rules. @throws ServiceError */
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
