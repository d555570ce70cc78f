import type * as pulumi from '@pulumi/pulumi';
import type { NameSettings } from './names';

/** A monthly budget for the resources that have the replicator's own tag. */
export interface BudgetSettings {
  /**
   * Limit in US dollars per month.
   * @default (required)
   * @example 100
   */
  monthlyUsd: number;
  /**
   * Address to notify when 80 % of the budget is spent, and when the forecast exceeds it.
   * @default (required)
   * @example 'platform@example.com'
   */
  email: string;
}

/** Alarms, their recipients, and the dashboard. */
export interface MonitoringSettings {
  /**
   * Address to mail alarms and ended tasks to, through an encrypted SNS topic that is created. AWS first asks the recipient to
   * confirm.
   * @default none
   * @example 'platform@example.com'
   */
  alarmEmail?: string;
  /**
   * ARN of an existing SNS topic to send alarms to. Its policy must allow cloudwatch.amazonaws.com and events.amazonaws.com to
   * publish, the latter without a condition: EventBridge sends no source account or ARN to SNS, nor to the topic's key.
   * @default none
   * @example 'arn:aws:sns:eu-west-1:123456789012:alarms'
   */
  alarmTopicArn?: pulumi.Input<string>;
  /**
   * ARN of a customer-managed KMS key to encrypt the created topic with. Its policy must allow `kms:Decrypt` and
   * `kms:GenerateDataKey*` to cloudwatch.amazonaws.com and events.amazonaws.com, to the latter without a condition.
   * @default a key that is created, because AWS's own key for SNS lets no alarm publish
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  topicKmsKeyArn?: pulumi.Input<string>;
  /**
   * The lag alarm fires when changes are more than this many minutes late.
   * @default 15
   * @example 5
   */
  lagMinutes?: number;
  /**
   * The data-loss alarm fires when stream records will be lost in less than this many hours. DynamoDB keeps them for 24 hours.
   * @default 12
   * @example 18
   */
  hoursUntilLoss?: number;
  /**
   * The heartbeat alarm fires after this many minutes without a heartbeat, at least 2.
   * @default 10
   * @example 5
   */
  heartbeatMinutes?: number;
  /**
   * Whether to create a dashboard.
   * @default true
   * @example false
   */
  dashboard?: boolean;
  /**
   * A monthly budget for the costs of the replicator's own resources, by their tag `dynamodb-replicator`. It stays at 0 until
   * that tag is active as a cost allocation tag, which the account that pays the bill does.
   * @default none
   * @example { monthlyUsd: 100, email: 'platform@example.com' }
   */
  budget?: BudgetSettings;
}

/** Alarms and a dashboard for a replicator. */
export interface ReplicatorMonitoringArgs extends MonitoringSettings {
  /**
   * Value of the metric dimension `Replicator`.
   * @default (required)
   * @example service.metricsName
   */
  replicator: pulumi.Input<string>;
  /**
   * Whether the replicator is paused: its silence is then no alarm, and the end of its task no message.
   * @default false
   * @example true
   */
  paused?: boolean;
  /**
   * Time between two scheduled verifies, as in `settings.verify.every`. With it, alarms and charts for verifies are created.
   * @default none
   * @example '7d'
   */
  verifyEvery?: string;
  /**
   * Names of the source tables.
   * @default (required)
   * @example ['orders']
   */
  tables: pulumi.Input<string>[];
  /**
   * Name of the ECS cluster.
   * @default (required)
   * @example service.clusterName
   */
  clusterName: pulumi.Input<string>;
  /**
   * ARN of the ECS cluster.
   * @default (required)
   * @example service.clusterArn
   */
  clusterArn: pulumi.Input<string>;
  /**
   * Name of the ECS service.
   * @default (required)
   * @example service.serviceName
   */
  serviceName: pulumi.Input<string>;
  /**
   * Name of the log group.
   * @default (required)
   * @example service.logGroupName
   */
  logGroupName: pulumi.Input<string>;
  /**
   * Physical names of the created resources.
   * @default the names of project, stack and component begin every name
   * @example { prefix: 'orders-dev' }
   */
  names?: NameSettings;
}
