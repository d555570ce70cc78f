import type * as pulumi from '@pulumi/pulumi';

/** A monthly budget for what the stack's tags mark. */
export interface BudgetSettings {
  /**
   * US dollars a month.
   * @default (required)
   * @example 100
   */
  monthlyUsd: number;
  /**
   * Who is told when 80 % are used up and when more than all is foreseen.
   * @default (required)
   * @example 'platform@example.com'
   */
  email: string;
}

/** Alarms, dashboard, and who is told. */
export interface MonitoringSettings {
  /**
   * Address that alarms are mailed to, over a topic of its own; AWS asks it to confirm first.
   * @default none
   * @example 'platform@example.com'
   */
  alarmEmail?: string;
  /**
   * SNS topic that exists, to send alarms to. Its policy has to let cloudwatch.amazonaws.com and events.amazonaws.com publish.
   * @default none
   * @example 'arn:aws:sns:eu-west-1:123456789012:alarms'
   */
  alarmTopicArn?: pulumi.Input<string>;
  /**
   * Customer-managed KMS key that a topic of its own is encrypted with; its policy has to allow CloudWatch and EventBridge.
   * @default none, as AWS's own key for SNS lets no alarm publish
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  topicKmsKeyArn?: pulumi.Input<string>;
  /**
   * Minutes of lag from which the alarm goes off.
   * @default 15
   * @example 5
   */
  lagMinutes?: number;
  /**
   * Hours left until stream data is lost, of 24, below which the alarm goes off.
   * @default 12
   * @example 18
   */
  hoursUntilLoss?: number;
  /**
   * Minutes without a sign of life after which the alarm goes off.
   * @default 10
   * @example 5
   */
  heartbeatMinutes?: number;
  /**
   * Whether there is a dashboard.
   * @default true
   * @example false
   */
  dashboard?: boolean;
  /**
   * A monthly budget over the tag `dynamodb-replicator`, which has to be activated as a cost allocation tag.
   * @default none
   * @example { monthlyUsd: 100, email: 'platform@example.com' }
   */
  budget?: BudgetSettings;
}

/** What is watched. */
export interface ReplicatorMonitoringArgs extends MonitoringSettings {
  /**
   * What the metrics' dimension `Replicator` says.
   * @default (required)
   * @example service.metricsName
   */
  replicator: pulumi.Input<string>;
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
}
