import * as pulumi from '@pulumi/pulumi';
import { ReplicatorAccess } from './access';
import type { SourceRole } from '../arguments/access';
import type { PostgresDestination } from '../arguments/destination';
import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import type { ServiceTable } from '../arguments/service';
import type { ReplicatedTable } from '../arguments/table';
import { securedDestination } from './destination-secret';
import { refuse } from '../errors';
import { outputsOf } from './outputs';
import { ExportBucket } from './export-bucket';
import { ReplicatorImage } from './image';
import { isInEcr, repositoryArnOf } from '../plan/image-address';
import { ReplicatorMonitoring } from './monitoring';
import { healsGaps } from '../plan/container-settings';
import { childName } from '../plan/names';
import { PhysicalNames } from './names';
import { providerPlace } from './place';
import { ReplicatorService } from './service';
import { sidecarRepositories, sidecarSecrets } from './sidecars';
import { SourceTable } from './source-table';
import { withOwnTag, withTags } from './tags';
import { replicatorProblems } from '../validate/replicator';

/**
 * Replicates DynamoDB tables into a database: roles, an export bucket, a Fargate service, alarms and a dashboard.
 *
 *     new DynamoDBReplicator('orders', {
 *       tables: [{ name: 'orders' }],
 *       destination: {
 *         postgres: { host: 'warehouse.internal', user: 'replicator', passwordSecretArn: secret.arn },
 *       },
 *       network: { vpcName: 'main' },
 *       image: { build: {} },
 *     });
 *
 * Each part is also a component of its own: `SourceTable`, `ExportBucket`, `ReplicatorAccess`,
 * `ReplicatorImage`, `ReplicatorService`, `ReplicatorMonitoring`, `ServiceAccount`.
 */
export class DynamoDBReplicator extends pulumi.ComponentResource {
  /** ARN of the role that the replicator's code runs with. */
  readonly taskRoleArn: pulumi.Output<string>;
  /** ARN of the role that ECS starts the task with. */
  readonly executionRoleArn: pulumi.Output<string>;
  /** Policy that the task role needs. */
  readonly taskRolePolicy: pulumi.Output<string>;
  /** Policy that the execution role needs. */
  readonly executionRolePolicy: pulumi.Output<string>;
  /** Policy that the role in the account that owns the tables needs; empty without `access.sourceRole`. */
  readonly sourceRolePolicy: pulumi.Output<string>;
  /** ARN of the service account's role. */
  readonly serviceRoleArn?: pulumi.Output<string>;
  /** Id of the service account's access key; a secret. */
  readonly accessKeyId?: pulumi.Output<string>;
  /** The service account's secret access key; a secret. */
  readonly secretAccessKey?: pulumi.Output<string>;
  /** Name of the bucket for exports. */
  readonly bucketName: pulumi.Output<string>;
  /** ARN of the bucket for exports. */
  readonly bucketArn: pulumi.Output<string>;
  /** ARNs of the source tables, in the order of `tables`. */
  readonly tableArns: pulumi.Output<string[]>;
  /** ARNs of the tables’ streams, in the same order; empty for a table of another account. */
  readonly streamArns: pulumi.Output<string[]>;
  /** Name of the ECS cluster. */
  readonly clusterName: pulumi.Output<string>;
  /** Name of the ECS service. */
  readonly serviceName: pulumi.Output<string>;
  /** ARN of the deployed task definition. */
  readonly taskDefinitionArn: pulumi.Output<string>;
  /** Id of the task's security group, the first with `task.securityGroupIds`. Allow it at the destination. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Name of the log group. */
  readonly logGroupName: pulumi.Output<string>;
  /** ARNs of the alarms. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** ARN of the topic that alarms go to; empty if nobody is notified. */
  readonly topicArn: pulumi.Output<string>;
  /** Address of the dashboard; empty without one. */
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: DynamoDBReplicatorArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`DynamoDBReplicator ${name}`, replicatorProblems(args));
    super(
      'dynamodb-replicator:index:DynamoDBReplicator',
      name,
      {},
      withOwnTag(name, withTags(args.tags, opts)),
    );
    const parent = { parent: this };
    const { access: accessSettings = {}, exportBucket = {}, task = {}, monitoring = {} } = args;
    const { sourceRole } = accessSettings;
    const named = args.names === undefined ? {} : { names: args.names };

    const image = new ReplicatorImage(
      name,
      {
        ...args.image,
        ...named,
        ...(task.architecture !== undefined && { architecture: task.architecture }),
      },
      parent,
    );
    const tables = args.tables.map((table) => sourceTable(name, table, sourceRole, this));
    const bucket = new ExportBucket(
      name,
      {
        ...exportBucket,
        ...named,
        // DynamoDB writes an export with the rights of the identity that requested it.
        ...(sourceRole !== undefined &&
          exportBucket.existingBucketName === undefined && {
            writerRoleArns: pulumi
              .all([exportBucket.writerRoleArns ?? [], sourceRole.roleArn])
              .apply(([given, role]) => [...new Set([...given, role])]),
          }),
      },
      parent,
    );
    const { connection, secrets, injectedSecrets } = securedDestination(
      name,
      args.destination.postgres as PostgresDestination,
      new PhysicalNames(name, args.names),
      this,
    );
    const prefix = exportBucket.prefix ?? pulumi.getStack();
    const { kmsKeyArn, existingBucketOwner } = exportBucket;
    const withKey = kmsKeyArn === undefined ? {} : { kmsKeyArn };
    // The service creates the log group, and needs the roles.
    const [logGroupName, resolveLogGroupName] = pulumi.deferredOutput<string>();
    const access = new ReplicatorAccess(
      name,
      {
        ...accessSettings,
        ...named,
        tables: tables.map(({ source: { arn, kmsKeyArn, keyAttributes } }) => ({
          arn,
          kmsKeyArn,
          ...(healsGaps(args.settings) && { keyAttributes }),
        })),
        bucket: { arn: bucket.arn, prefix, isForeign: existingBucketOwner !== undefined, ...withKey },
        secrets,
        injectedSecrets: [...injectedSecrets, ...sidecarSecrets(task.sidecars)],
        ...(task.repositoryCredentials !== undefined && {
          repositoryCredentials: task.repositoryCredentials,
        }),
        sidecarRepositoryArns: sidecarRepositories(task.sidecars, this),
        logGroupName,
        ...repositoryOf(image, args.image.uri),
      },
      parent,
    );
    const service = new ReplicatorService(
      name,
      {
        ...task,
        ...named,
        tables: tables.map(({ table }) => table),
        bucket: {
          name: bucket.bucketName,
          prefix,
          ...withKey,
          ...bucketOwner(existingBucketOwner, sourceRole, this),
        },
        postgres: connection,
        // A given address is known before anything is created, and so are the endpoints that it needs.
        imageUri: args.image.uri ?? image.uri,
        taskRoleArn: access.taskRoleArn,
        executionRoleArn: access.executionRoleArn,
        network: args.network,
        ...(sourceRole !== undefined && { sourceRole }),
        ...(args.settings !== undefined && { settings: args.settings }),
      },
      parent,
    );
    resolveLogGroupName(service.logGroupName);
    const watched = new ReplicatorMonitoring(
      name,
      {
        ...monitoring,
        ...(task.paused !== undefined && { paused: task.paused }),
        ...(args.settings?.verify?.every !== undefined && { verifyEvery: args.settings.verify.every }),
        ...named,
        replicator: service.metricsName,
        tables: tables.map(({ source }) => source.tableName),
        clusterName: service.clusterName,
        clusterArn: service.clusterArn,
        serviceName: service.serviceName,
        logGroupName: service.logGroupName,
      },
      parent,
    );
    this.taskRoleArn = access.taskRoleArn;
    this.executionRoleArn = access.executionRoleArn;
    this.taskRolePolicy = access.taskRolePolicy;
    this.executionRolePolicy = access.executionRolePolicy;
    this.sourceRolePolicy = access.sourceRolePolicy;
    if (access.serviceRoleArn) this.serviceRoleArn = access.serviceRoleArn;
    if (access.accessKeyId) this.accessKeyId = access.accessKeyId;
    if (access.secretAccessKey) this.secretAccessKey = access.secretAccessKey;
    this.bucketName = bucket.bucketName;
    this.bucketArn = bucket.arn;
    this.tableArns = pulumi.all(tables.map(({ source }) => source.arn));
    this.streamArns = pulumi.all(tables.map(({ source }) => source.streamArn));
    this.clusterName = service.clusterName;
    this.serviceName = service.serviceName;
    this.taskDefinitionArn = service.taskDefinitionArn;
    this.securityGroupId = service.securityGroupId;
    this.logGroupName = service.logGroupName;
    this.alarmArns = watched.alarmArns;
    this.topicArn = watched.topicArn;
    this.dashboardUrl = watched.dashboardUrl;
    this.registerOutputs(outputsOf(this));
  }
}

interface Source {
  readonly source: SourceTable;
  /** The table in the container's settings. */
  readonly table: ServiceTable;
}

function sourceTable(
  name: string,
  { destinationTable, destinationSchema, columns, maxColumns, deletes, ...args }: ReplicatedTable,
  sourceRole: SourceRole | undefined,
  parent: pulumi.Resource,
): Source {
  const accountId =
    args.accountId ??
    (sourceRole && pulumi.output(sourceRole.roleArn).apply((arn) => arn.split(':')[4] as string));
  const source = new SourceTable(
    childName(name, args.name),
    { ...args, ...(accountId !== undefined && { accountId }) },
    { parent },
  );
  return {
    source,
    table: {
      name: source.tableName,
      ...(destinationTable !== undefined && { destinationTable }),
      ...(destinationSchema !== undefined && { destinationSchema }),
      ...(columns !== undefined && { columns }),
      ...(maxColumns !== undefined && { maxColumns }),
      ...(deletes !== undefined && { deletes }),
    },
  };
}

/** The repository that the image is pulled from, if it is in ECR. */
function repositoryOf(
  image: ReplicatorImage,
  uri: string | undefined,
): { repositoryArn?: pulumi.Output<string> } {
  if (image.repositoryArn) return { repositoryArn: image.repositoryArn };
  if (uri === undefined || !isInEcr(uri)) return {};
  return {
    repositoryArn: providerPlace(image).apply(({ partition }) => repositoryArnOf(uri, partition) as string),
  };
}

/** If bucket and tables belong to different accounts, the export request must name the bucket's owner. */
function bucketOwner(
  existingBucketOwner: pulumi.Input<string> | undefined,
  sourceRole: SourceRole | undefined,
  parent: pulumi.Resource,
): { ownerAccountId?: pulumi.Input<string> } {
  if (existingBucketOwner !== undefined) return { ownerAccountId: existingBucketOwner };
  return sourceRole === undefined ? {} : { ownerAccountId: providerPlace(parent).account };
}
