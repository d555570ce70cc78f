import { CloudWatchClient, DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
} from '@aws-sdk/client-ecs';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { PolicyDocument } from '../../infra/plan/iam/documents';
import { awsEndpoint } from './engine';

// Turns off the SDK's notice about Node 20.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The keys that `pulumi` has in its environment. */
export const OF_ENVIRONMENT: Keys = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The resources of a stack, read back from AWS with its own SDK. */
export class Aws {
  private readonly iam: IAMClient;
  private readonly s3: S3Client;
  private readonly dynamodb: DynamoDBClient;
  private readonly ecs: ECSClient;
  private readonly cloudwatch: CloudWatchClient;

  constructor(credentials: Keys = OF_ENVIRONMENT) {
    const config = {
      endpoint: awsEndpoint(),
      region: process.env['AWS_REGION'] ?? 'us-east-1',
      credentials,
    };
    this.iam = new IAMClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.dynamodb = new DynamoDBClient(config);
    this.ecs = new ECSClient(config);
    this.cloudwatch = new CloudWatchClient(config);
  }

  async role(name: string) {
    const { Role } = await this.iam.send(new GetRoleCommand({ RoleName: name }));
    const { PolicyNames = [] } = await this.iam.send(new ListRolePoliciesCommand({ RoleName: name }));
    const inline = [];
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument: text } = await this.iam.send(
        new GetRolePolicyCommand({ RoleName: name, PolicyName }),
      );
      inline.push(documentOf(text));
    }
    const { AttachedPolicies = [] } = await this.iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName: name }),
    );
    const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as unknown;
    return { trust, inline, attached: AttachedPolicies.map(({ PolicyArn }) => PolicyArn as string) };
  }

  async managedPolicy(PolicyArn: string): Promise<PolicyDocument> {
    const { Policy } = await this.iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await this.iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    return documentOf(PolicyVersion?.Document);
  }

  async user(UserName: string) {
    const { AttachedPolicies = [] } = await this.iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
    const { Groups = [] } = await this.iam.send(new ListGroupsForUserCommand({ UserName }));
    const { AccessKeyMetadata = [] } = await this.iam.send(new ListAccessKeysCommand({ UserName }));
    const throughGroups = [];
    for (const { GroupName } of Groups) {
      const { AttachedPolicies: ofGroup = [] } = await this.iam.send(
        new ListAttachedGroupPoliciesCommand({ GroupName }),
      );
      throughGroups.push(...ofGroup.map(({ PolicyArn }) => PolicyArn as string));
    }
    return {
      own: AttachedPolicies.length,
      throughGroups,
      keys: AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId as string),
    };
  }

  async bucket(Bucket: string) {
    const [access, ownership, encryption, lifecycle, policy] = await Promise.all([
      this.s3.send(new GetPublicAccessBlockCommand({ Bucket })),
      this.s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
      this.s3.send(new GetBucketEncryptionCommand({ Bucket })),
      this.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      this.s3.send(new GetBucketPolicyCommand({ Bucket })),
    ]);
    const rules = lifecycle.Rules ?? [];
    const expiring = rules.find(({ Expiration }) => Expiration !== undefined);
    const aborting = rules.find((rule) => rule.AbortIncompleteMultipartUpload !== undefined);
    return {
      publicAccess: access.PublicAccessBlockConfiguration,
      ownership: ownership.OwnershipControls?.Rules?.[0]?.ObjectOwnership as string | undefined,
      encryption: encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault
        ?.SSEAlgorithm as string | undefined,
      expiry: { prefix: expiring?.Filter?.Prefix, days: expiring?.Expiration?.Days },
      abortDays: aborting?.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
      denied: (JSON.parse(policy.Policy ?? '{}') as PolicyDocument).Statement.map(({ Sid }) => Sid),
    };
  }

  async table(TableName: string) {
    const { Table } = await this.dynamodb.send(new DescribeTableCommand({ TableName }));
    const { ContinuousBackupsDescription: backups } = await this.dynamodb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    return {
      stream: Table?.StreamSpecification?.StreamEnabled ?? false,
      viewType: Table?.StreamSpecification?.StreamViewType as string | undefined,
      streamArn: Table?.LatestStreamArn,
      recovery: backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus as string | undefined,
    };
  }

  async service(cluster: string, service: string) {
    const { services = [] } = await this.ecs.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    const [found] = services;
    const { taskDefinition } = await this.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: found?.taskDefinition }),
    );
    return { service: found, task: taskDefinition, container: taskDefinition?.containerDefinitions?.[0] };
  }

  async alarms(prefix: string) {
    const { MetricAlarms = [] } = await this.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: prefix }),
    );
    return MetricAlarms;
  }

  async dashboard(DashboardName: string): Promise<string> {
    const { DashboardBody } = await this.cloudwatch.send(new GetDashboardCommand({ DashboardName }));
    return DashboardBody ?? '';
  }

  /** Names of all resources that could be left over. */
  async left() {
    const [roles, users, buckets, clusters, alarms] = await Promise.all([
      this.iam.send(new ListRolesCommand({})),
      this.iam.send(new ListUsersCommand({})),
      this.s3.send(new ListBucketsCommand({})),
      this.clusters(),
      this.alarms(''),
    ]);
    return {
      roles: (roles.Roles ?? []).map(({ RoleName }) => RoleName),
      users: (users.Users ?? []).map(({ UserName }) => UserName),
      buckets: (buckets.Buckets ?? []).map(({ Name }) => Name),
      clusters,
      alarms: alarms.map(({ AlarmName }) => AlarmName),
    };
  }

  /** Active clusters only: deleted ones are listed for a while. */
  private async clusters(): Promise<readonly (string | undefined)[]> {
    const { clusterArns = [] } = await this.ecs.send(new ListClustersCommand({}));
    const { clusters = [] } = await this.ecs.send(new DescribeClustersCommand({ clusters: clusterArns }));
    return clusters.filter(({ status }) => status === 'ACTIVE').map(({ clusterName }) => clusterName);
  }

  close(): void {
    for (const client of [this.iam, this.s3, this.dynamodb, this.ecs, this.cloudwatch]) client.destroy();
  }
}

function documentOf(text: string | undefined): PolicyDocument {
  return JSON.parse(decodeURIComponent(text ?? '')) as PolicyDocument;
}
