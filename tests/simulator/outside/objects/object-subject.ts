import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import type { Emulator } from '../emulators/emulator';
import type { Operation, Wire } from '../operation';
import type { Outcome, Subject } from '../outcome';

const BUCKET = 'outside-look';
const MOST_PAGES = 50;

/** A complete multipart upload. */
interface Upload {
  readonly Key: string;
  /** Sizes in bytes by part number. */
  readonly parts: Readonly<Record<number, number>>;
  /** The parts that complete it; all of them by default. */
  readonly listed?: readonly number[];
  /** Sent instead of the correct one. */
  readonly etag?: string;
  readonly abort?: boolean;
}

/** An emulator's S3 with a bucket, accessed with the SDK. */
export class ObjectSubject implements Subject<ObjectSubject> {
  private constructor(private readonly client: S3Client) {}

  static async withBucket({ url }: Emulator): Promise<ObjectSubject> {
    const client = new S3Client({
      endpoint: url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      forcePathStyle: true,
      maxAttempts: 1,
    });
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await client.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
    return new ObjectSubject(client);
  }

  close(): void {
    this.client.destroy();
  }

  async perform(operation: Operation): Promise<Outcome> {
    const nothing = { after: [], records: [] };
    try {
      return { answer: await this.answer(operation), ...nothing };
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      return { refusal: { error: name, status: $metadata?.httpStatusCode }, ...nothing };
    }
  }

  async copy({ input }: Operation, from: ObjectSubject): Promise<void> {
    const Key = input['Key'] as string | undefined;
    if (Key === undefined) return;
    const at = { Bucket: BUCKET, Key };
    await this.client.send(new DeleteObjectCommand(at));
    const found = await from.client.send(new GetObjectCommand(at)).catch(() => undefined);
    if (!found) return;
    const { ContentType, Metadata } = found;
    const Body = await found.Body?.transformToByteArray();
    await this.client.send(new PutObjectCommand({ ...at, Body, ContentType, Metadata }));
  }

  private async answer({ name, input }: Operation): Promise<unknown> {
    const given = { Bucket: BUCKET, ...input } as never;
    switch (name) {
      case 'PutObject':
        return { ETag: (await this.client.send(new PutObjectCommand(withBytes(given)))).ETag };
      case 'GetObject': {
        const object = await this.client.send(new GetObjectCommand(given));
        return {
          ...facts(object),
          body: bodyText((await object.Body?.transformToByteArray()) ?? new Uint8Array()),
        };
      }
      case 'HeadObject':
        return facts(await this.client.send(new HeadObjectCommand(given)));
      case 'DeleteObject':
        await this.client.send(new DeleteObjectCommand(given));
        return {};
      case 'DeleteObjects': {
        const { Deleted, Errors } = await this.client.send(new DeleteObjectsCommand(given));
        return { Deleted: Deleted?.map(({ Key }) => Key).sort(), Errors };
      }
      case 'ListObjectsV2':
        return this.allPages(input);
      case 'MultipartUpload':
        return this.upload(input as unknown as Upload);
      default:
        throw new TypeError(`Unknown operation: ${name}.`);
    }
  }

  private async allPages(input: Wire): Promise<unknown> {
    const pages: unknown[] = [];
    let from: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: BUCKET, ...input, ...(from ? { ContinuationToken: from } : {}) }),
      );
      const { Contents = [], CommonPrefixes = [], KeyCount } = page;
      pages.push({
        KeyCount,
        objects: Contents.map(({ Key, ETag, Size, StorageClass }) => ({ Key, ETag, Size, StorageClass })),
        prefixes: CommonPrefixes.map(({ Prefix }) => Prefix),
      });
      from = page.NextContinuationToken;
    } while (from !== undefined && pages.length < MOST_PAGES);
    return { pages };
  }

  private async upload({ parts, listed, etag, abort, ...options }: Upload): Promise<unknown> {
    const at = { Bucket: BUCKET, Key: options.Key };
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand({ ...options, ...at }));
    const etags = new Map<number, string | undefined>();
    for (const [number, bytes] of Object.entries(parts)) {
      const PartNumber = Number(number);
      const Body = Buffer.alloc(bytes, PartNumber);
      etags.set(
        PartNumber,
        (await this.client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }))).ETag,
      );
    }
    if (abort) await this.client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    const Parts = (listed ?? [...etags.keys()]).map((PartNumber) => ({
      PartNumber,
      ETag: etag ?? etags.get(PartNumber) ?? '"never sent"',
    }));
    const done = await this.client.send(
      new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }),
    );
    return { ETag: done.ETag, Key: done.Key, parts: [...etags] };
  }
}

/** Converts a text body to bytes, because the SDK does not know a text's length. */
const withBytes = (given: { Body: string }): never => ({ ...given, Body: Buffer.from(given.Body) }) as never;

interface Facts {
  readonly ETag?: string;
  readonly ContentLength?: number;
  readonly ContentRange?: string;
  readonly ContentType?: string;
  readonly AcceptRanges?: string;
  readonly Metadata?: object;
}

const facts = ({ ETag, ContentLength, ContentRange, ContentType, AcceptRanges, Metadata }: Facts): Facts =>
  JSON.parse(
    JSON.stringify({ ETag, ContentLength, ContentRange, ContentType, AcceptRanges, Metadata }),
  ) as Facts;

const bodyText = (body: Uint8Array): string =>
  body.length < 100 ? Buffer.from(body).toString() : createHash('sha256').update(body).digest('hex');
