import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { awsCommand } from '../../runtime/aws/cli-command';
import { cliFlags, cliFlagsIn } from './place';
import { UnsuitableResource } from '../errors';
import { requireSuitable, tableNotFound } from '../plan/table-requirements';

/** What the arguments name and AWS has to have: found, or told with the argument and what to do. */

/**
 * A table.
 * @param suitable whether its stream and recovery have to be on already
 * @throws UnsuitableResource
 */
export async function findTable(
  name: string,
  region: string,
  suitable: boolean,
  options: pulumi.InvokeOptions,
): Promise<aws.dynamodb.GetTableResult> {
  const table = await aws.dynamodb.getTable({ name }, options).catch((error: unknown) => {
    throw tableNotFound(name, cliFlagsIn(region), (error as Error).message);
  });
  if (suitable) {
    const facts = {
      name,
      streamEnabled: table.streamEnabled,
      streamViewType: table.streamViewType,
      recoveryEnabled: table.pointInTimeRecovery.enabled,
    };
    requireSuitable(facts, cliFlagsIn(region));
  }
  return table;
}

/** A bucket of this account, in any region: DynamoDB exports into another one too. @throws UnsuitableResource */
export async function findBucket(
  bucket: string,
  region: string,
  options: pulumi.InvokeOptions,
): Promise<aws.s3.GetBucketResult> {
  return aws.s3.getBucket({ bucket }, options).catch((error: unknown) => {
    throw new UnsuitableResource(
      `bucket ${bucket}`,
      `it cannot be read (${(error as Error).message}). Check exportBucket.existingBucketName, or leave it out to have ` +
        `a bucket created; ${awsCommand(cliFlagsIn(region), 's3 ls')} shows those there are`,
    );
  });
}

/** Through VPC endpoints only the buckets of the same region are reached. @throws UnsuitableResource */
export async function findBucketOfRegion(
  bucket: string,
  region: string,
  options: pulumi.InvokeOptions,
): Promise<void> {
  const { bucketRegion } = await findBucket(bucket, region, options);
  if (bucketRegion === region) return;
  throw new UnsuitableResource(
    `bucket ${bucket}`,
    `it is in ${bucketRegion}, and VPC endpoints (network.endpoints) reach buckets in ${region} only: name a bucket in ` +
      `${region} as exportBucket.existingBucketName, or leave it out to have one created`,
  );
}

/** The destination's secret. @throws UnsuitableResource when there is none; others than its owner may not be let look */
export async function findSecret(arn: string, options: pulumi.InvokeOptions): Promise<void> {
  await aws.secretsmanager.getSecret({ arn }, options).catch((error: unknown) => {
    const { message } = error as Error;
    if (!isNotFound(message)) return pulumi.log.warn(`Secret ${arn} could not be looked at: ${message}`);
    const list = awsCommand(cliFlagsIn(arn.split(':')[3] ?? ''), 'secretsmanager list-secrets');
    throw new UnsuitableResource(
      `secret ${arn}`,
      `there is none (${message}); ${list} shows those there are`,
    );
  });
}

/** An ECS cluster. @throws UnsuitableResource */
export async function findCluster(arn: string, options: pulumi.InvokeOptions): Promise<void> {
  const clusterName = arn.slice(arn.lastIndexOf('/') + 1);
  const found = await aws.ecs.getCluster({ clusterName }, options).catch(async (error: unknown) => {
    const list = awsCommand(await cliFlags(options), 'ecs list-clusters');
    throw new UnsuitableResource(
      `cluster ${clusterName}`,
      `it cannot be read (${(error as Error).message}); ${list} shows those there are, and without ` +
        `task.clusterArn one is created`,
    );
  });
  if (found.arn === arn && found.status === 'ACTIVE') return;
  throw new UnsuitableResource(
    `cluster ${clusterName}`,
    `what there is of that name is ${found.arn}, ${found.status}: name one that is active in this account`,
  );
}

/** As HashiCorp's provider words it. */
function isNotFound(message: string): boolean {
  return /couldn't find resource|not ?found|no matching|ResourceNotFoundException/i.test(message);
}
