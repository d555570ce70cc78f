import { CreateBucketCommand, PutBucketTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { TAG } from './names';
import { permitted } from './refusals';

/** A bucket to make. */
export interface NewBucket {
  readonly name: string;
  /** Its client's, as every region but the default one creates buckets only in itself. */
  readonly region: string;
  readonly suffix: string;
}

/** Creates a bucket; an own one of that name is taken. @throws ActionRefused, and what AWS throws */
export async function makeBucket(s3: S3Client, { name: Bucket, region, suffix }: NewBucket): Promise<void> {
  const command = new CreateBucketCommand({
    Bucket,
    // The default region must not be named.
    ...(region !== 'us-east-1' && {
      CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' },
    }),
  });
  await permitted('s3:CreateBucket', () => s3.send(command)).catch((error: Error) => {
    if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
  });
  const Tagging = { TagSet: [{ Key: TAG, Value: suffix }] };
  await permitted('s3:PutBucketTagging', () => s3.send(new PutBucketTaggingCommand({ Bucket, Tagging })));
}

/** Pairs of regions outside AWS's main partition. */
const PAIRS: Readonly<Record<string, string>> = {
  'us-east-1': 'us-west-2',
  'cn-north-1': 'cn-northwest-1',
  'cn-northwest-1': 'cn-north-1',
  'us-gov-east-1': 'us-gov-west-1',
  'us-gov-west-1': 'us-gov-east-1',
};

/** Another region of the same partition, which every account can use. Pure. */
export const otherRegion = (region: string): string => PAIRS[region] ?? 'us-east-1';
