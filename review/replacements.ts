/**
 * Which inputs AWS cannot change, so that a resource with another value is deleted and created again, and what that loses. Source:
 * "Forces new resource" in the documentation of HashiCorp's AWS provider.
 */

export interface Replacement {
  /** Inputs that replace the resource. */
  readonly inputs: readonly string[];
  /** What is lost with the resource; `undefined`: nothing. */
  readonly lost?: string;
}

/** Type of a resource → its replacement. A type that is not listed is changed in place. */
export const REPLACEMENTS: Readonly<Record<string, Replacement>> = {
  'aws:budgets/budget:Budget': { inputs: ['name'] },
  'aws:cloudwatch/dashboard:Dashboard': { inputs: ['dashboardName'] },
  'aws:cloudwatch/eventRule:EventRule': { inputs: ['name'] },
  'aws:cloudwatch/logGroup:LogGroup': { inputs: ['name'], lost: 'its log' },
  'aws:cloudwatch/metricAlarm:MetricAlarm': { inputs: ['name'], lost: 'its history' },
  'aws:dynamodb/table:Table': { inputs: ['hashKey', 'name', 'rangeKey'], lost: '**all its items**' },
  'aws:ec2/securityGroup:SecurityGroup': {
    inputs: ['description', 'name', 'vpcId'],
    lost: 'its id, so allow the new group at the destination',
  },
  'aws:ec2/vpcEndpoint:VpcEndpoint': { inputs: ['serviceName', 'vpcEndpointType', 'vpcId'] },
  'aws:ecr/repository:Repository': {
    inputs: ['encryptionConfigurations', 'name'],
    lost: 'its images, with those to roll back to',
  },
  'aws:ecs/cluster:Cluster': { inputs: ['name'] },
  'aws:ecs/service:Service': { inputs: ['cluster', 'launchType', 'name'] },
  'aws:iam/accessKey:AccessKey': { inputs: ['user'], lost: 'the key, so hand over the new one' },
  'aws:iam/policy:Policy': { inputs: ['description', 'name', 'path'] },
  'aws:iam/role:Role': {
    inputs: ['name', 'path'],
    lost: 'its place in policies that name it elsewhere, such as those of buckets and keys',
  },
  'aws:s3/bucket:Bucket': {
    inputs: ['bucket'],
    lost: 'its exports; `pulumi up` fails while it holds any, unless `exportBucket.forceDestroy` was deployed before',
  },
  'aws:secretsmanager/secret:Secret': { inputs: ['name'], lost: 'its earlier values' },
  'aws:sns/topic:Topic': { inputs: ['name'], lost: 'its subscriptions; the recipient has to confirm again' },
  'aws:sns/topicSubscription:TopicSubscription': {
    inputs: ['endpoint', 'protocol', 'topic'],
    lost: 'the confirmation; the recipient gets another mail to confirm',
  },
  'pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming': { inputs: ['account', 'region', 'table'] },
};
