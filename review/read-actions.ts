import { secretResource } from '../infra/plan/iam/statements';
import type { Place } from './aws-decides';

/**
 * What AWS is asked when a resource is refreshed, and when a program looks something up. Source: the read functions of HashiCorp's
 * AWS provider, and the Service Authorization Reference, "Actions, resources, and condition keys", for what each can be allowed on.
 */

type Properties = Readonly<Record<string, unknown>>;

/** Actions that read one resource. */
export interface Reading {
  readonly actions: readonly string[];
  /** The ARN that they are allowed on, as far as AWS has a resource for each. Without it: `*`. */
  readonly on?: (properties: Properties, place: Place) => string;
}

const arn = ({ arn: known }: Properties) => String(known);
const inRegion =
  (service: string, path: (properties: Properties) => string) => (properties: Properties, place: Place) =>
    `arn:aws:${service}:${place.region}:${place.account}:${path(properties)}`;
const global =
  (service: string, path: (properties: Properties) => string) => (properties: Properties, place: Place) =>
    `arn:aws:${service}::${place.account}:${path(properties)}`;
const text = (properties: Properties, key: string) => String(properties[key] ?? '');
/** Secrets Manager chooses the end of the ARN of a secret that the stack creates; the recorded one is made up. */
const ownSecret = (secret: Properties) => secretResource(text(secret, 'arn').replace(/-[A-Za-z0-9]{6}$/, ''));
const bucketOf = (properties: Properties) => `arn:aws:s3:::${text(properties, 'bucket')}`;
const tableOf = (key: string) => inRegion('dynamodb', (properties) => `table/${text(properties, key)}`);
const repositoryOf = (key: string) => inRegion('ecr', (properties) => `repository/${text(properties, key)}`);
const clusterOf = (key: string) => inRegion('ecs', (properties) => `cluster/${text(properties, key)}`);
const serviceOf = (cluster: string, name: string) =>
  inRegion('ecs', (properties) => {
    const clusterName = text(properties, cluster).split('/').at(-1) ?? '';
    return `service/${clusterName}/${text(properties, name)}`;
  });
const roleOf = (key: string) => global('iam', (properties) => `role/*${text(properties, key)}`);
const ruleOf = (key: string) => inRegion('events', (properties) => `rule/${text(properties, key)}`);

const TABLE = ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'];
const WHOLE_TABLE = [...TABLE, 'dynamodb:DescribeTimeToLive', 'dynamodb:ListTagsOfResource'];
const SECRET = ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'];
const ROLE = ['iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'];
const bucket = (...actions: readonly string[]): Reading => ({ actions, on: bucketOf });
const anywhere = (...actions: readonly string[]): Reading => ({ actions });

/** Type of a resource → how a refresh reads it. */
export const REFRESHES: Readonly<Record<string, Reading>> = {
  'aws:budgets/budget:Budget': {
    actions: ['budgets:ListTagsForResource', 'budgets:ViewBudget'],
    on: global('budgets', (budget) => `budget/${text(budget, 'name')}`),
  },
  'aws:cloudwatch/dashboard:Dashboard': {
    actions: ['cloudwatch:GetDashboard'],
    on: global('cloudwatch', (dashboard) => `dashboard/${text(dashboard, 'dashboardName')}`),
  },
  'aws:cloudwatch/eventRule:EventRule': {
    actions: ['events:DescribeRule', 'events:ListTagsForResource'],
    on: ruleOf('name'),
  },
  'aws:cloudwatch/eventTarget:EventTarget': { actions: ['events:ListTargetsByRule'], on: ruleOf('rule') },
  'aws:cloudwatch/logGroup:LogGroup': {
    actions: ['logs:DescribeLogGroups', 'logs:ListTagsForResource'],
    on: inRegion('logs', (group) => `log-group:${text(group, 'name')}*`),
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': {
    actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
    on: arn,
  },
  'aws:dynamodb/table:Table': { actions: WHOLE_TABLE, on: arn },
  'aws:ec2/securityGroup:SecurityGroup': anywhere('ec2:DescribeSecurityGroups'),
  'aws:ec2/vpcEndpoint:VpcEndpoint': anywhere('ec2:DescribePrefixLists', 'ec2:DescribeVpcEndpoints'),
  'aws:ecr/lifecyclePolicy:LifecyclePolicy': {
    actions: ['ecr:GetLifecyclePolicy'],
    on: repositoryOf('repository'),
  },
  'aws:ecr/repository:Repository': {
    actions: ['ecr:BatchGetImage', 'ecr:DescribeRepositories', 'ecr:ListTagsForResource'],
    on: arn,
  },
  'aws:ecs/cluster:Cluster': { actions: ['ecs:DescribeClusters', 'ecs:ListTagsForResource'], on: arn },
  'aws:ecs/clusterCapacityProviders:ClusterCapacityProviders': {
    actions: ['ecs:DescribeClusters'],
    on: clusterOf('clusterName'),
  },
  'aws:ecs/service:Service': {
    actions: ['ecs:DescribeServices', 'ecs:ListTagsForResource'],
    on: serviceOf('cluster', 'name'),
  },
  'aws:ecs/taskDefinition:TaskDefinition': anywhere('ecs:DescribeTaskDefinition'),
  'aws:iam/accessKey:AccessKey': {
    actions: ['iam:ListAccessKeys'],
    on: global('iam', (key) => `user/*${text(key, 'user')}`),
  },
  'aws:iam/group:Group': {
    actions: ['iam:GetGroup'],
    on: global('iam', (group) => `group/*${text(group, 'name')}`),
  },
  'aws:iam/groupPolicyAttachment:GroupPolicyAttachment': {
    actions: ['iam:ListAttachedGroupPolicies'],
    on: global('iam', (attachment) => `group/*${text(attachment, 'group')}`),
  },
  'aws:iam/policy:Policy': {
    actions: ['iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:ListPolicyVersions'],
    on: arn,
  },
  'aws:iam/role:Role': { actions: ROLE, on: arn },
  'aws:iam/rolePolicy:RolePolicy': { actions: ['iam:GetRolePolicy'], on: roleOf('role') },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': {
    actions: ['iam:ListAttachedRolePolicies'],
    on: roleOf('role'),
  },
  'aws:iam/user:User': { actions: ['iam:GetUser'], on: arn },
  'aws:iam/userGroupMembership:UserGroupMembership': {
    actions: ['iam:ListGroupsForUser'],
    on: global('iam', (membership) => `user/*${text(membership, 'user')}`),
  },
  'aws:kms/key:Key': {
    actions: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
    on: inRegion('kms', () => 'key/*'),
  },
  'aws:s3/bucket:Bucket': bucket(
    's3:GetAccelerateConfiguration',
    's3:GetBucketAcl',
    's3:GetBucketCORS',
    's3:GetBucketLocation',
    's3:GetBucketLogging',
    's3:GetBucketObjectLockConfiguration',
    's3:GetBucketPolicy',
    's3:GetBucketRequestPayment',
    's3:GetBucketTagging',
    's3:GetBucketVersioning',
    's3:GetBucketWebsite',
    's3:GetEncryptionConfiguration',
    's3:GetLifecycleConfiguration',
    's3:GetReplicationConfiguration',
    's3:ListBucket',
    's3:ListTagsForResource',
  ),
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': bucket('s3:GetLifecycleConfiguration'),
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': bucket('s3:GetBucketOwnershipControls'),
  'aws:s3/bucketPolicy:BucketPolicy': bucket('s3:GetBucketPolicy'),
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': bucket('s3:GetBucketPublicAccessBlock'),
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': bucket(
    's3:GetEncryptionConfiguration',
  ),
  'aws:secretsmanager/secret:Secret': { actions: SECRET, on: ownSecret },
  // The provider compares the value with the state, which has it too.
  'aws:secretsmanager/secretVersion:SecretVersion': {
    actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
    on: ownSecret,
  },
  'aws:sns/topic:Topic': { actions: ['sns:GetTopicAttributes', 'sns:ListTagsForResource'], on: arn },
  'aws:sns/topicPolicy:TopicPolicy': { actions: ['sns:GetTopicAttributes'], on: arn },
  'aws:sns/topicSubscription:TopicSubscription': {
    actions: ['sns:GetSubscriptionAttributes'],
    on: (subscription) => text(subscription, 'topic'),
  },
  // With the registry's token, which needs the lookup below.
  'docker-build:index:Image': anywhere(),
  'pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming': { actions: TABLE, on: tableOf('table') },
};

/** Function of a provider → how it reads. */
export const LOOKUPS: Readonly<Record<string, Reading>> = {
  'aws:dynamodb/getTable:getTable': { actions: WHOLE_TABLE, on: tableOf('name') },
  'aws:ec2/getPrefixList:getPrefixList': anywhere('ec2:DescribePrefixLists'),
  'aws:ec2/getRouteTable:getRouteTable': anywhere('ec2:DescribeRouteTables'),
  'aws:ec2/getRouteTables:getRouteTables': anywhere('ec2:DescribeRouteTables'),
  'aws:ec2/getSecurityGroup:getSecurityGroup': anywhere('ec2:DescribeSecurityGroups'),
  'aws:ec2/getSubnet:getSubnet': anywhere('ec2:DescribeSubnets'),
  'aws:ec2/getSubnets:getSubnets': anywhere('ec2:DescribeSubnets'),
  'aws:ec2/getVpc:getVpc': anywhere(
    'ec2:DescribeRouteTables',
    'ec2:DescribeVpcAttribute',
    'ec2:DescribeVpcs',
  ),
  'aws:ec2/getVpcEndpoint:getVpcEndpoint': anywhere('ec2:DescribePrefixLists', 'ec2:DescribeVpcEndpoints'),
  'aws:ecr/getAuthorizationToken:getAuthorizationToken': anywhere('ecr:GetAuthorizationToken'),
  'aws:ecs/getCluster:getCluster': { actions: ['ecs:DescribeClusters'], on: clusterOf('clusterName') },
  'aws:ecs/getService:getService': {
    actions: ['ecs:DescribeServices'],
    on: serviceOf('clusterArn', 'serviceName'),
  },
  'aws:iam/getRole:getRole': { actions: ['iam:GetRole'], on: roleOf('name') },
  // They read the provider’s own settings, or what every caller may ask.
  'aws:index/getCallerIdentity:getCallerIdentity': anywhere(),
  'aws:index/getPartition:getPartition': anywhere(),
  'aws:index/getRegion:getRegion': anywhere(),
  'aws:kms/getKey:getKey': { actions: ['kms:DescribeKey'], on: inRegion('kms', () => 'key/*') },
  'aws:s3/getBucket:getBucket': bucket('s3:GetBucketLocation', 's3:ListBucket'),
  'aws:secretsmanager/getSecret:getSecret': {
    actions: SECRET,
    on: (secret) => secretResource(text(secret, 'arn')),
  },
};
