import { GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { cliFlags } from './cli-command';
import { clientConfig, setClock } from './connection';
import { serverOf } from './endpoints';
import { objectBody } from './object-body';
import type { AnsweredClock } from './service-clock';
import type { NewObject, ObjectBody, ObjectRange, WrittenObject } from './services';
import type { AwsSettings, CredentialsProvider } from './settings';

/** As AWS names regions; anything else in a redirect is not followed. */
const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;
/** With which S3 redirects to a bucket's region: the last one is of HeadBucket. Source: S3 User Guide, "Making requests", redirects. */
const REDIRECTS = [301, 307, 400];
/** Buckets whose regions are remembered; of the others, each call is redirected. */
const MOST_REMEMBERED = 1_000;

/**
 * S3, with one client for each region that has a bucket: an export's bucket may be in another region than its table. A call that S3
 * redirects is repeated once in the bucket's region, where the bucket's later calls go at once. The SDK's own `followRegionRedirects`
 * changes the region of the whole client while one of its calls is redirected.
 */
export class Buckets {
  /** S3's address; undefined when it is AWS's own. */
  private readonly server: string | undefined;
  private readonly clientOf = new Map<string, S3Client>();
  private readonly regionOf = new Map<string, string>();

  constructor(
    private readonly settings: AwsSettings,
    private readonly clock: AnsweredClock,
    private readonly region: string,
    /** Replaces the settings' credentials. */
    private readonly provider?: CredentialsProvider,
  ) {
    this.server = serverOf(settings, 's3');
    this.clientOf.set(region, this.client(region));
  }

  async head(
    bucket: string,
    owner: string | undefined,
    abortSignal: AbortSignal,
  ): Promise<{ region: string | undefined }> {
    const command = new HeadBucketCommand({
      Bucket: bucket,
      ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }),
    });
    const { BucketRegion: region } = await this.inRegion(bucket, (s3) => s3.send(command, { abortSignal }));
    // A custom endpoint is one server for all regions.
    if (region !== undefined && REGION.test(region) && this.server === undefined)
      this.remember(bucket, region);
    return { region };
  }

  async get(
    bucket: string,
    key: string,
    range: ObjectRange,
    abortSignal: AbortSignal,
    bodySignal: AbortSignal | undefined,
  ): Promise<ObjectBody> {
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(range.offset === 0 ? {} : { Range: `bytes=${range.offset}-` }),
      ...(range.ifMatch === undefined ? {} : { IfMatch: range.ifMatch }),
    });
    const output = await this.inRegion(bucket, (s3) => s3.send(command, { abortSignal }));
    const context = { ...cliFlags(this.settings, this.region), server: this.server, bucket, key };
    return objectBody(output, range, context, bodySignal);
  }

  async put(
    bucket: string,
    key: string,
    { body, kmsKeyId }: NewObject,
    abortSignal: AbortSignal,
  ): Promise<WrittenObject> {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      // A bucket with Object Lock requires a checksum.
      ChecksumAlgorithm: 'CRC32',
      ...(kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId }),
    });
    const { ServerSideEncryption, VersionId } = await this.inRegion(bucket, (s3) =>
      s3.send(command, { abortSignal }),
    );
    return { encryption: ServerSideEncryption, versionId: VersionId };
  }

  get clients(): readonly S3Client[] {
    return [...this.clientOf.values()];
  }

  /** Calls a bucket where it is, as far as that is known; where S3 redirects to another region, once more there. */
  private async inRegion<T>(bucket: string, call: (s3: S3Client) => Promise<T>): Promise<T> {
    const region = this.regionOf.get(bucket) ?? this.region;
    try {
      return await call(this.in(region));
    } catch (error) {
      const redirected = regionOfRedirect(error);
      if (redirected === undefined || redirected === region) throw error;
      this.remember(bucket, redirected);
      return call(this.in(redirected));
    }
  }

  private in(region: string): S3Client {
    const client = this.clientOf.get(region) ?? this.client(region);
    this.clientOf.set(region, client);
    return client;
  }

  private remember(bucket: string, region: string): void {
    if (this.regionOf.size < MOST_REMEMBERED || this.regionOf.has(bucket)) this.regionOf.set(bucket, region);
  }

  private client(region: string): S3Client {
    const client = new S3Client({
      ...clientConfig({ ...this.settings, region }, 's3', this.provider),
      // Below an address such as http://localhost:4566 a bucket is not a host name.
      forcePathStyle: this.server !== undefined,
      // A server with only the S3 subset has no trailing checksums. The loader checks the MD5s of the manifest.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    setClock(client.middlewareStack, this.clock);
    return client;
  }
}

/** The region that S3's redirect names. */
function regionOfRedirect(error: unknown): string | undefined {
  const { $metadata, $response } = (error ?? {}) as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
  };
  const region = $response?.headers?.['x-amz-bucket-region'];
  const isRedirect = REDIRECTS.includes($metadata?.httpStatusCode ?? 0);
  return isRedirect && region !== undefined && REGION.test(region) ? region : undefined;
}
