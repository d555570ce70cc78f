import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { UnsuitableResource } from './errors';
import { requireSuitable, tableNotFound } from './table-requirements';

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
    throw tableNotFound(name, region, (error as Error).message);
  });
  if (suitable) {
    requireSuitable({
      name,
      region,
      streamEnabled: table.streamEnabled,
      streamViewType: table.streamViewType,
      recoveryEnabled: table.pointInTimeRecovery.enabled,
    });
  }
  return table;
}

/** A bucket of this account. Exports go to the table's region only. @throws UnsuitableResource */
export async function findBucket(
  bucket: string,
  region: string,
  options: pulumi.InvokeOptions,
): Promise<aws.s3.GetBucketResult> {
  const found = await aws.s3.getBucket({ bucket }, options).catch((error: unknown) => {
    throw new UnsuitableResource(
      `bucket ${bucket}`,
      `it cannot be read (${(error as Error).message}). Check exportBucket.existingBucketName, or leave it out to have ` +
        `a bucket created; aws s3 ls shows those there are`,
    );
  });
  if (found.bucketRegion === region) return found;
  throw new UnsuitableResource(
    `bucket ${bucket}`,
    `it is in ${found.bucketRegion} and the tables are in ${region}, where exports have to go to: name a bucket in ` +
      `${region} as exportBucket.existingBucketName, or leave it out to have one created`,
  );
}
