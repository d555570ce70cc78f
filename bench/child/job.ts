import type { ContenderName } from '../contenders/contenders';
import type { LatencyPlan } from '../latency/latency';
import type { Shape } from '../shapes/shapes';
import type { ShardsPlan } from '../shards/follow-shards';
import type { StreamingPlan } from '../streaming/apply';

/** A job for a child process, which answers with one message. */
export type Job =
  | {
      readonly kind: 'generate';
      readonly folder: string;
      readonly shape: Shape;
      readonly seed: number;
      readonly files: number;
      readonly bytesEach: number;
    }
  | {
      readonly kind: 'contender';
      readonly contender: ContenderName;
      readonly shape: Shape;
      /** Folder of the generated exports. */
      readonly inputs: string;
      readonly folder: string;
      readonly postgresUrl: string | undefined;
    }
  | ({ readonly kind: 'streaming' } & StreamingPlan)
  | ({ readonly kind: 'latency' } & LatencyPlan)
  | ({ readonly kind: 'shards' } & ShardsPlan);
