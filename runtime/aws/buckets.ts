import { GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { cliFlags } from './cli-command';
import { clientConfig, setClock } from './connection';
import { serverOf } from './endpoints';
import { objectBody } from './object-body';
import type { AnsweredClock } from './service-clock';
import type { NewObject, ObjectBody, ObjectRange, WrittenObject } from './services';
import type { AwsSettings, CredentialsProvider } from './settings';

/** S3, with one client for each region that has a bucket: an export's bucket may be in another region than its table. */
export class Buckets {
  readonly config: S3Client['config'];
  private readonly home: S3Client;
  /** S3's address; undefined when it is AWS's own. */
  private readonly server: string | undefined;
  private readonly elsewhere = new Map<string, S3Client>();
  private readonly clientOf = new Map<string, S3Client>();

  constructor(
    private readonly settings: AwsSettings,
    private readonly clock: AnsweredClock,
    private readonly region: string,
    /** Replaces the settings' credentials. */
    private readonly provider?: CredentialsProvider,
  ) {
    this.server = serverOf(settings, 's3');
    this.home = this.client(region);
    this.config = this.home.config;
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
    const { BucketRegion: region } = await this.home.send(command, { abortSignal });
    // A custom endpoint is one server for all regions.
    if (region !== undefined && region !== this.region && this.server === undefined) {
      const client = this.elsewhere.get(region) ?? this.client(region);
      this.elsewhere.set(region, client);
      this.clientOf.set(bucket, client);
    }
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
    const output = await this.of(bucket).send(command, { abortSignal });
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
    const { ServerSideEncryption, VersionId } = await this.of(bucket).send(command, { abortSignal });
    return { encryption: ServerSideEncryption, versionId: VersionId };
  }

  get clients(): readonly S3Client[] {
    return [this.home, ...this.elsewhere.values()];
  }

  destroy(): void {
    for (const client of this.clients) client.destroy();
  }

  private of(bucket: string): S3Client {
    return this.clientOf.get(bucket) ?? this.home;
  }

  private client(region: string): S3Client {
    const client = new S3Client({
      ...clientConfig({ ...this.settings, region }, 's3', this.provider),
      // Below an address such as http://localhost:4566 a bucket is not a host name.
      forcePathStyle: this.server !== undefined,
      followRegionRedirects: true,
      // A server with only the S3 subset has no trailing checksums. The loader checks the MD5s of the manifest.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    setClock(client.middlewareStack, this.clock);
    return client;
  }
}
