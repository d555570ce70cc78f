import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { METRIC_DIMENSIONS, METRIC_NAMESPACE } from '../../runtime/observe/metrics';
import { type Alarm, alarmsOf, DEFAULT_THRESHOLDS } from '../plan/alarms';
import type { BudgetSettings, ReplicatorMonitoringArgs } from '../arguments/monitoring';
import { dashboardBody, DEFAULT_DASHBOARD } from '../plan/dashboard';
import { refuse } from '../errors';
import { outputsOf } from './outputs';
import { ownTag, withOwnTag } from './tags';
import { verifyIntervalMs } from '../plan/verify-interval';
import { topicKeyPolicy, topicPolicy } from '../plan/iam/resource-policies';
import { manualAddress } from './manual';
import { PhysicalNames } from './names';
import { providerPlace } from './place';
import { monitoringProblems } from '../validate/monitoring';
import { nameProblems } from '../validate/names';

/** Address of the explanation of the alarms. */
function whatToDo(): string {
  return manualAddress('docs/OPERATIONS.md', 'Reading alarms');
}

/** Alarms on the runtime's metrics, a dashboard, a topic for notifications, and an optional budget. */
export class ReplicatorMonitoring extends pulumi.ComponentResource {
  /** ARNs of the alarms. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** ARN of the topic that alarms go to; empty if nobody is notified. */
  readonly topicArn: pulumi.Output<string>;
  /** Address of the dashboard; empty without one. */
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: ReplicatorMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`ReplicatorMonitoring ${name}`, [...monitoringProblems(args), ...nameProblems(args.names)]);
    super('dynamodb-replicator:index:ReplicatorMonitoring', name, {}, withOwnTag(name, opts));
    const topicArn =
      args.alarmEmail === undefined
        ? args.alarmTopicArn === undefined
          ? undefined
          : pulumi.output(args.alarmTopicArn)
        : this.#topic(name, args, args.alarmEmail);
    const thresholds = {
      lagMinutes: args.lagMinutes ?? DEFAULT_THRESHOLDS.lagMinutes,
      hoursUntilLoss: args.hoursUntilLoss ?? DEFAULT_THRESHOLDS.hoursUntilLoss,
      heartbeatMinutes: args.heartbeatMinutes ?? DEFAULT_THRESHOLDS.heartbeatMinutes,
      verifyEveryMs: verifyIntervalMs(args.verifyEvery),
    };
    const alarms = alarmsOf(thresholds, args.paused);
    const undelivered = topicArn === undefined ? [] : [this.#stoppedTasks(name, args, topicArn)];
    this.alarmArns = pulumi.all([
      ...alarms.map((alarm) => this.#alarm(name, alarm, args, topicArn).arn),
      ...undelivered.map(({ arn }) => arn),
    ]);
    this.topicArn = topicArn ?? pulumi.output('');
    this.dashboardUrl =
      (args.dashboard ?? DEFAULT_DASHBOARD) ? this.#dashboard(name, args) : pulumi.output('');
    if (args.budget) this.#budget(name, args, args.budget);
    this.registerOutputs(outputsOf(this));
  }

  #topic(
    name: string,
    { replicator, names, topicKmsKeyArn = this.#topicKey(name, replicator) }: ReplicatorMonitoringArgs,
    email: string,
  ): pulumi.Output<string> {
    const named = new PhysicalNames(name, names).of('topic', 'alarms');
    const topic = new aws.sns.Topic(
      `${name}-alarms`,
      {
        ...named.input,
        kmsMasterKeyId: topicKmsKeyArn,
      },
      { parent: this, ...named.options },
    );
    const policy = new aws.sns.TopicPolicy(
      `${name}-alarms`,
      {
        arn: topic.arn,
        policy: pulumi
          .all([topic.arn, providerPlace(this)])
          .apply(([arn, { account }]) => JSON.stringify(topicPolicy(arn, account))),
      },
      { parent: topic },
    );
    new aws.sns.TopicSubscription(
      `${name}-alarms`,
      { topic: topic.arn, protocol: 'email', endpoint: email },
      { parent: topic },
    );
    return pulumi.all([topic.arn, policy.id]).apply(([arn]) => arn);
  }

  #topicKey(name: string, replicator: pulumi.Input<string>): pulumi.Output<string> {
    const key = new aws.kms.Key(
      `${name}-alarms`,
      {
        description: pulumi.interpolate`Encrypts the alarms of ${replicator}`,
        enableKeyRotation: true,
        // The topic keeps no messages that would have to be read later.
        deletionWindowInDays: 7,
        policy: providerPlace(this).apply((place) => JSON.stringify(topicKeyPolicy(place))),
      },
      { parent: this },
    );
    return key.arn;
  }

  #alarm(
    name: string,
    alarm: Alarm,
    { replicator, names }: ReplicatorMonitoringArgs,
    topicArn: pulumi.Output<string> | undefined,
  ): aws.cloudwatch.MetricAlarm {
    const named = new PhysicalNames(name, names).of('alarm', alarm.key);
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${alarm.key}`,
      {
        ...named.input,
        alarmDescription: `${alarm.description} What to do: ${whatToDo()}`,
        namespace: METRIC_NAMESPACE,
        metricName: alarm.metric.name,
        dimensions: { [METRIC_DIMENSIONS.replicator]: replicator },
        statistic: alarm.statistic,
        comparisonOperator: alarm.comparison,
        threshold: alarm.threshold,
        period: alarm.periodSeconds,
        evaluationPeriods: alarm.evaluationPeriods,
        datapointsToAlarm: alarm.evaluationPeriods,
        treatMissingData: alarm.missingData,
        actionsEnabled: true,
        ...(topicArn !== undefined && { alarmActions: [topicArn], okActions: [topicArn] }),
      },
      { parent: this, ...named.options },
    );
  }

  /** Reports each task of the service that ended, with ECS's reason: the alarms report a stop, this reports why. */
  #stoppedTasks(
    name: string,
    args: ReplicatorMonitoringArgs,
    topicArn: pulumi.Output<string>,
  ): aws.cloudwatch.MetricAlarm {
    const named = new PhysicalNames(name, args.names).of('rule', 'task-stopped');
    const rule = new aws.cloudwatch.EventRule(
      `${name}-task-stopped`,
      {
        ...named.input,
        description: 'A task of the replicator has ended',
        ...(args.paused && { state: 'DISABLED' }),
        eventPattern: pulumi.all([args.clusterArn, args.serviceName]).apply(([cluster, service]) =>
          JSON.stringify({
            source: ['aws.ecs'],
            'detail-type': ['ECS Task State Change'],
            detail: { clusterArn: [cluster], group: [`service:${service}`], lastStatus: ['STOPPED'] },
          }),
        ),
      },
      { parent: this, ...named.options },
    );
    new aws.cloudwatch.EventTarget(
      `${name}-task-stopped`,
      {
        rule: rule.name,
        arn: topicArn,
        inputTransformer: {
          inputPaths: {
            task: '$.detail.taskArn',
            code: '$.detail.stopCode',
            reason: '$.detail.stoppedReason',
          },
          inputTemplate: pulumi.interpolate`"A task of the replicator ${args.replicator} has ended: <reason> (<code>), <task>. ${whatToDo()}"`,
        },
      },
      { parent: rule },
    );
    return this.#undelivered(name, args, rule, topicArn);
  }

  /** EventBridge reports nowhere else that it may not publish to the topic. */
  #undelivered(
    name: string,
    { names }: ReplicatorMonitoringArgs,
    rule: aws.cloudwatch.EventRule,
    topicArn: pulumi.Output<string>,
  ): aws.cloudwatch.MetricAlarm {
    const named = new PhysicalNames(name, names).of('alarm', 'mail-failed');
    return new aws.cloudwatch.MetricAlarm(
      `${name}-mail-failed`,
      {
        ...named.input,
        alarmDescription: `EventBridge could not deliver the message about an ended task. What to do: ${whatToDo()}`,
        namespace: 'AWS/Events',
        metricName: 'FailedInvocations',
        dimensions: { RuleName: rule.name },
        statistic: 'Sum',
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        threshold: 1,
        period: 300,
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        treatMissingData: 'notBreaching',
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: rule, ...named.options },
    );
  }

  #dashboard(name: string, args: ReplicatorMonitoringArgs): pulumi.Output<string> {
    const place = providerPlace(this);
    const named = new PhysicalNames(name, args.names).fixed('dashboard', 'dashboardName');
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      {
        dashboardName: named.name,
        dashboardBody: pulumi
          .all([
            place,
            args.replicator,
            pulumi.all(args.tables),
            args.logGroupName,
            args.clusterName,
            args.serviceName,
            this.alarmArns,
          ])
          .apply(([{ region }, replicator, tables, logGroup, cluster, service, alarmArns]) =>
            dashboardBody({
              region,
              namespace: METRIC_NAMESPACE,
              replicator,
              tables,
              logGroup,
              cluster,
              service,
              alarmArns,
              verifies: verifyIntervalMs(args.verifyEvery) !== undefined,
            }),
          ),
      },
      { parent: this, ...named.options },
    );
    return pulumi
      .all([place, dashboard.dashboardName])
      .apply(
        ([{ region }, board]) =>
          `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${board}`,
      );
  }

  #budget(name: string, { names }: ReplicatorMonitoringArgs, { monthlyUsd, email }: BudgetSettings): void {
    const notified = { comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' } as const;
    const named = new PhysicalNames(name, names).of('budget');
    const tag = ownTag(name);
    new aws.budgets.Budget(
      `${name}-budget`,
      {
        ...named.input,
        budgetType: 'COST',
        limitAmount: monthlyUsd.toFixed(1),
        limitUnit: 'USD',
        timeUnit: 'MONTHLY',
        costFilters: [{ name: 'TagKeyValue', values: [`user:${tag.key}$${tag.value}`] }],
        notifications: [
          { ...notified, notificationType: 'ACTUAL', threshold: 80, subscriberEmailAddresses: [email] },
          { ...notified, notificationType: 'FORECASTED', threshold: 100, subscriberEmailAddresses: [email] },
        ],
      },
      { parent: this, ...named.options },
    );
  }
}
