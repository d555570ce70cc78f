import type * as pulumi from '@pulumi/pulumi';
import type { AccessSettings } from './access';
import type { ExportBucketSettings } from './bucket';
import type { Destination } from './destination';
import type { ImageArgs } from './image';
import type { MonitoringSettings } from './monitoring';
import type { NameSettings } from './names';
import type { NetworkArgs } from './network';
import type { RuntimeSettings } from './runtime';
import type { ReplicatedTable } from './table';
import type { TaskSettings } from './task';

/** A replicator: its tables, its destination, and where it runs. */
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
   * The container image to run.
   * @default (required)
   * @example { build: { context: '.' } }
   */
  image: ImageArgs;
  /**
   * The bucket for exports.
   * @default a bucket is created
   * @example { existingBucketName: 'my-exports' }
   */
  exportBucket?: ExportBucketSettings;
  /**
   * IAM roles, and a service account for an outside reader.
   * @default a task role and an execution role
   * @example { path: '/data/' }
   */
  access?: AccessSettings;
  /**
   * Size of the task, its cluster and its log.
   * @default half a vCPU and 1 GiB, in a cluster that is created
   * @example { cpu: 1024, memoryMiB: 2048 }
   */
  task?: TaskSettings;
  /**
   * Alarms, their recipients, and the dashboard.
   * @default alarms without a recipient, and a dashboard
   * @example { alarmEmail: 'platform@example.com' }
   */
  monitoring?: MonitoringSettings;
  /**
   * Settings of the replicator itself.
   * @default each setting has its own default
   * @example { deletes: Deletes.Soft }
   */
  settings?: RuntimeSettings;
  /**
   * Tags of every resource, in addition to the AWS provider's default tags.
   * @default none
   * @example { team: 'shop' }
   */
  tags?: { [name: string]: pulumi.Input<string> };
  /**
   * Physical names of the created resources.
   * @default the names of project, stack and component begin every name
   * @example { prefix: 'orders-dev' }
   */
  names?: NameSettings;
}
