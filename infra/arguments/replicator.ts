import type { AccessSettings } from './access';
import type { ExportBucketArgs } from './bucket';
import type { Destination } from './destination';
import type { ImageArgs } from './image';
import type { MonitoringSettings } from './monitoring';
import type { NetworkArgs } from './network';
import type { RuntimeSettings } from './runtime';
import type { TaskSettings } from './service';
import type { ReplicatedTable } from './table';

/** A replicator: tables, where they go, and where it runs. */
export interface DynamoDBReplicatorArgs {
  /**
   * The tables to replicate.
   * @default (required)
   * @example [{ name: 'orders' }]
   */
  tables: ReplicatedTable[];
  /**
   * Where the rows go.
   * @default (required)
   * @example { postgres: { host: 'warehouse.internal', passwordSecretArn: secret.arn } }
   */
  destination: Destination;
  /**
   * Where the task runs.
   * @default (required)
   * @example { vpcName: 'main' }
   */
  network: NetworkArgs;
  /**
   * The image to run.
   * @default (required)
   * @example { build: { context: '.' } }
   */
  image: ImageArgs;
  /**
   * Where exports go.
   * @default a bucket created here
   * @example { existingBucketName: 'my-exports' }
   */
  exportBucket?: ExportBucketArgs;
  /**
   * Roles and who else may read.
   * @default a task role and an execution role
   * @example { path: '/data/' }
   */
  access?: AccessSettings;
  /**
   * The task: its size and where it runs.
   * @default half a vCPU and 1 GiB in a cluster of its own
   * @example { cpu: 1024, memoryMiB: 2048 }
   */
  task?: TaskSettings;
  /**
   * Alarms, dashboard, and who is told.
   * @default alarms that tell nobody, and a dashboard
   * @example { alarmEmail: 'platform@example.com' }
   */
  monitoring?: MonitoringSettings;
  /**
   * Settings of the replicator itself.
   * @default each of its settings has its own
   * @example { deletes: Deletes.Soft }
   */
  settings?: RuntimeSettings;
}
