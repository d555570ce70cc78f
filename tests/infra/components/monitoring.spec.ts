import assert from 'node:assert/strict';
import { ReplicatorMonitoring, type ReplicatorMonitoringArgs } from '../../../infra';
import { manualAddress } from '../../../infra/components/manual';
import { MONITORED } from '../monitored';
import { record, valueOf } from '../record';

const make = (args: Partial<ReplicatorMonitoringArgs> = {}) =>
  new ReplicatorMonitoring('orders', {
    ...MONITORED,
    ...args,
  });

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:dynamodb-replicator-dev-orders-alarms';

interface Statement {
  readonly Principal: { readonly Service?: readonly string[] };
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}

describe('ReplicatorMonitoring', () => {
  it('has alarms on the replicator’s metrics, and notifies nobody by default', async () => {
    const { all, only, result } = await record(() => make());
    assert.deepEqual(only(ALARM, '-lag'), {
      name: 'dynamodb-replicator-dev-orders-lag',
      alarmDescription:
        'Changes reach the destination more than 15 minutes late. What to do: ' +
        manualAddress('docs/OPERATIONS.md', 'Reading alarms'),
      namespace: 'DynamoDBReplicator',
      metricName: 'ReplicationLagMs',
      dimensions: { Replicator: 'orders-dev' },
      statistic: 'Maximum',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 900_000,
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      treatMissingData: 'ignore',
      actionsEnabled: true,
      tags: { 'dynamodb-replicator': 'dynamodb-replicator/dev/orders' },
    });
    assert.equal(all('aws:sns/topic:Topic').length, 0);
    assert.equal(all('aws:cloudwatch/eventRule:EventRule').length, 0);
    assert.equal(await valueOf(result.topicArn), '');
    assert.equal((await valueOf(result.alarmArns)).length, all(ALARM).length);
  });

  it('mails alarms, recoveries, and tasks that ended', async () => {
    const { all, only } = await record(() => make({ alarmEmail: 'platform@example.com' }));
    for (const { inputs } of all(ALARM)) {
      assert.deepEqual(inputs['alarmActions'], [TOPIC]);
      assert.deepEqual(inputs['okActions'], [TOPIC]);
    }
    assert.deepEqual(only('aws:sns/topicSubscription:TopicSubscription'), {
      topic: TOPIC,
      protocol: 'email',
      endpoint: 'platform@example.com',
    });
    assert.deepEqual(JSON.parse(only('aws:cloudwatch/eventRule:EventRule')['eventPattern'] as string), {
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: {
        clusterArn: ['arn:aws:ecs:eu-west-1:123456789012:cluster/orders-dev'],
        group: ['service:orders-dev'],
        lastStatus: ['STOPPED'],
      },
    });
    assert.equal(only('aws:cloudwatch/eventTarget:EventTarget')['arn'], TOPIC);
  });

  it('lets CloudWatch and EventBridge publish, the latter without a condition, which would drop every message', async () => {
    const { only } = await record(() => make({ alarmEmail: 'platform@example.com' }));
    const conditionsOf = (policy: unknown) =>
      (JSON.parse(policy as string) as { Statement: readonly Statement[] }).Statement.flatMap(
        ({ Principal, Condition }) =>
          (Principal.Service ?? []).map((service) => [service, Condition?.StringEquals]),
      );
    const allowed = [
      ['cloudwatch.amazonaws.com', { 'aws:SourceAccount': '123456789012' }],
      ['events.amazonaws.com', undefined],
    ];
    assert.deepEqual(conditionsOf(only('aws:sns/topicPolicy:TopicPolicy')['policy']), allowed);
    assert.deepEqual(conditionsOf(only('aws:kms/key:Key')['policy']), allowed);
    assert.equal(
      only('aws:sns/topic:Topic')['kmsMasterKeyId'],
      'arn:aws:kms:eu-west-1:123456789012:key/orders-alarms',
    );
  });

  it('alarms when EventBridge could not deliver a message about an ended task', async () => {
    const { only } = await record(() => make({ alarmEmail: 'platform@example.com' }));
    const { namespace, metricName, dimensions, alarmActions } = only(ALARM, '-mail-failed');
    assert.deepEqual(
      { namespace, metricName, dimensions, alarmActions },
      {
        namespace: 'AWS/Events',
        metricName: 'FailedInvocations',
        dimensions: { RuleName: 'dynamodb-replicator-dev-orders-task-stopped' },
        alarmActions: [TOPIC],
      },
    );
  });

  it('sends alarms to an existing topic', async () => {
    const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:ours';
    const { all } = await record(() => make({ alarmTopicArn }));
    assert.equal(all('aws:sns/topic:Topic').length, 0);
    for (const { inputs } of all(ALARM)) assert.deepEqual(inputs['alarmActions'], [alarmTopicArn]);
  });

  it('has a dashboard with its address, unless it is turned off', async () => {
    const { result } = await record(() => make());
    assert.equal(
      await valueOf(result.dashboardUrl),
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/dynamodb-replicator-dev-orders',
    );
    const without = await record(() => make({ dashboard: false }));
    assert.equal(without.all('aws:cloudwatch/dashboard:Dashboard').length, 0);
    assert.equal(await valueOf(without.result.dashboardUrl), '');
  });

  it('has a budget for the stack’s tag', async () => {
    const { only } = await record(() => make({ budget: { monthlyUsd: 100, email: 'platform@example.com' } }));
    const budget = only('aws:budgets/budget:Budget');
    assert.equal(budget['limitAmount'], '100.0');
    assert.deepEqual(budget['costFilters'], [
      { name: 'TagKeyValue', values: ['user:dynamodb-replicator$dynamodb-replicator/dev/orders'] },
    ]);
  });
});
