import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { listening } from '../fixture';
import type { Clients } from '../fixture';

const Bucket = 'bucket-one';

describe('simulator: S3 over HTTP, with the SDK', () => {
  let clients: Clients;

  beforeEach(async () => {
    clients = await listening();
    await clients.s3.send(new CreateBucketCommand({ Bucket }));
  });

  afterEach(() => clients.close());

  const put = (Key: string, Body: string | Buffer = Key): Promise<unknown> =>
    clients.s3.send(new PutObjectCommand({ Bucket, Key, Body }));

  const get = async (Key: string, more: object = {}): Promise<string> => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return (await Body?.transformToString()) ?? '';
  };

  /** Name and status of a call's error. */
  const refusal = (call: Promise<unknown>): Promise<[string, number]> =>
    call.then(
      () => ['none', 200],
      (error: { name: string; $metadata?: { httpStatusCode: number } }) => [
        error.name,
        error.$metadata?.httpStatusCode ?? 0,
      ],
    );

  it('stores and returns objects under any key', async () => {
    for (const key of ['plain', 'a/b c/ü+%&=?.json', 'q\'uote"<>&']) {
      await put(key, `content of ${key}`);
      assert.equal(await get(key), `content of ${key}`);
    }
  });

  it('returns length, ETag, time and metadata', async () => {
    const Metadata = { one: '1' };
    await clients.s3.send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', Metadata, ContentType: 'text/x' }),
    );
    const head = await clients.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(head.ContentLength, 5);
    assert.equal(head.ETag, `"${createHash('md5').update('hello').digest('hex')}"`);
    assert.equal(head.LastModified?.getTime(), clients.clock.now());
    assert.deepEqual([head.ContentType, head.Metadata], ['text/x', Metadata]);
  });

  it('accepts chunked bodies with trailing checksums, as the SDK streams them', async () => {
    const bytes = Buffer.alloc(300_000, 'abcdefg');
    const pieces = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)], {
      objectMode: false,
    });
    await clients.s3.send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: pieces, ContentLength: bytes.length }),
    );
    assert.ok(clients.simulator.s3.getObject(Bucket, 'k').body.equals(bytes));
  });

  it('returns ranges, and 412 if the object has changed', async () => {
    await put('k', '0123456789');
    const { ETag } = await clients.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(await get('k', { Range: 'bytes=2-4' }), '234');
    assert.equal(await get('k', { Range: 'bytes=7-' }), '789');
    assert.equal(await get('k', { Range: 'bytes=-2' }), '89');
    const part = await clients.s3.send(
      new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=5-99', IfMatch: ETag }),
    );
    assert.deepEqual([part.ContentRange, part.$metadata.httpStatusCode], ['bytes 5-9/10', 206]);
    await part.Body?.transformToString();
    assert.deepEqual(await refusal(get('k', { Range: 'bytes=10-' })), ['InvalidRange', 416]);
    await put('k', 'another');
    assert.deepEqual(await refusal(get('k', { Range: 'bytes=5-', IfMatch: ETag })), [
      'PreconditionFailed',
      412,
    ]);
  });

  it('writes conditionally', async () => {
    const write = (Key: string, more: object): Promise<[string, number]> =>
      refusal(clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'new', ...more })));
    await put('k', 'old');
    assert.deepEqual(await write('k', { IfNoneMatch: '*' }), ['PreconditionFailed', 412]);
    assert.deepEqual(await write('k', { IfMatch: '"another"' }), ['PreconditionFailed', 412]);
    assert.deepEqual(await write('nothing', { IfMatch: '"another"' }), ['NoSuchKey', 404]);
    assert.equal(await get('k'), 'old');
    const { ETag } = await clients.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    assert.deepEqual(await write('k', { IfMatch: ETag }), ['none', 200]);
    assert.deepEqual(await write('other', { IfNoneMatch: '*' }), ['none', 200]);
    assert.deepEqual([await get('k'), await get('other')], ['new', 'new']);
  });

  it('assembles parts', async () => {
    const target = { Bucket, Key: 'large' };
    const { UploadId } = await clients.s3.send(new CreateMultipartUploadCommand(target));
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the end')];
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [i, Body] of bodies.entries()) {
      const part = { ...target, UploadId, PartNumber: i + 1 };
      const { ETag } = await clients.s3.send(new UploadPartCommand({ ...part, Body }));
      Parts.push({ PartNumber: i + 1, ETag });
    }
    const complete = { ...target, UploadId, MultipartUpload: { Parts } };
    const { ETag } = await clients.s3.send(new CompleteMultipartUploadCommand(complete));
    assert.match(ETag ?? '', /^"[0-9a-f]{32}-2"$/);
    assert.ok(clients.simulator.s3.getObject(Bucket, 'large').body.equals(Buffer.concat(bodies)));
    assert.deepEqual(await refusal(clients.s3.send(new CompleteMultipartUploadCommand(complete))), [
      'NoSuchUpload',
      404,
    ]);
    const other = await clients.s3.send(new CreateMultipartUploadCommand(target));
    await clients.s3.send(new AbortMultipartUploadCommand({ ...target, UploadId: other.UploadId }));
  });

  it('lists keys in the order of their bytes, by page, prefix and delimiter', async () => {
    const keys = ['a/1', 'a/2', 'b', 'c/x/1', 'c/x/2', 'd', 'é', '😀', '￼'];
    for (const key of keys) await put(key);
    const found: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await clients.s3.send(
        new ListObjectsV2Command({ Bucket, MaxKeys: 2, ...(token ? { ContinuationToken: token } : {}) }),
      );
      found.push(...(page.Contents ?? []).map((each) => each.Key));
      assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
      token = page.NextContinuationToken;
    } while (token);
    assert.deepEqual(found, ['a/1', 'a/2', 'b', 'c/x/1', 'c/x/2', 'd', 'é', '￼', '😀']);
    const folders = await clients.s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 3 }));
    assert.deepEqual(
      [folders.CommonPrefixes?.map((each) => each.Prefix), folders.Contents?.map((each) => each.Key)],
      [['a/', 'c/'], ['b']],
    );
    const rest = await clients.s3.send(
      new ListObjectsV2Command({ Bucket, Delimiter: '/', ContinuationToken: folders.NextContinuationToken }),
    );
    assert.deepEqual(
      rest.Contents?.map((each) => each.Key),
      ['d', 'é', '￼', '😀'],
    );
    const inside = await clients.s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'c/', StartAfter: 'c/x/1' }),
    );
    assert.deepEqual(
      inside.Contents?.map((each) => [each.Key, each.Size]),
      [['c/x/2', 5]],
    );
  });

  it('encodes keys in a listing on request, and declares it', async () => {
    const odd = 'a/ü (1)+%&';
    await put(odd);
    await put('b');
    const asked = { Bucket, EncodingType: 'url', Delimiter: '/' } as const;
    const encoded = 'a/%C3%BC%20%281%29%2B%25%26';
    const second = await clients.s3.send(new ListObjectsV2Command({ ...asked, Prefix: 'a/' }));
    const first = await clients.s3.send(new ListObjectsCommand({ ...asked, Prefix: 'a/' }));
    for (const page of [first, second]) {
      assert.deepEqual(
        [page.EncodingType, page.Prefix, page.Delimiter, page.Contents?.map(({ Key }) => Key)],
        ['url', 'a/', '/', [encoded]],
      );
    }
    const page = await clients.s3.send(new ListObjectsCommand({ ...asked, MaxKeys: 1 }));
    assert.deepEqual([page.IsTruncated, page.NextMarker], [true, 'a/']);
    const rest = await clients.s3.send(new ListObjectsV2Command({ ...asked, StartAfter: odd }));
    assert.deepEqual([rest.StartAfter, rest.KeyCount], [encoded, 1]);
    assert.equal((await clients.s3.send(new ListObjectsV2Command({ Bucket }))).EncodingType, undefined);
    const wrong = { Bucket, EncodingType: 'base64' } as never;
    assert.deepEqual(await refusal(clients.s3.send(new ListObjectsV2Command(wrong))), [
      'InvalidArgument',
      400,
    ]);
  });

  it('lists with version 1: from a marker, without tokens', async () => {
    for (const key of ['a', 'b', 'c']) await put(key);
    const page = await clients.s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2 }));
    assert.deepEqual([page.IsTruncated, page.NextMarker, page.Marker], [true, undefined, '']);
    const Marker = page.Contents?.at(-1)?.Key;
    const rest = await clients.s3.send(new ListObjectsCommand({ Bucket, Marker }));
    assert.deepEqual(
      [rest.IsTruncated, rest.Marker, rest.Contents?.map(({ Key }) => Key)],
      [false, 'b', ['c']],
    );
    const none = await clients.s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 0 }));
    assert.deepEqual([none.IsTruncated, none.Contents], [false, undefined]);
  });

  it('lists each object as its only version', async () => {
    for (const key of ['a/1', 'a/2', 'b']) await put(key);
    const first = await clients.s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2 }));
    assert.deepEqual(
      [first.IsTruncated, first.NextKeyMarker, first.NextVersionIdMarker],
      [true, 'a/2', 'null'],
    );
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = first;
    const rest = await clients.s3.send(new ListObjectVersionsCommand({ Bucket, KeyMarker, VersionIdMarker }));
    const Objects = [first, rest].flatMap(({ Versions = [] }) =>
      Versions.map(({ Key, VersionId }) => ({ Key, VersionId })),
    );
    assert.deepEqual(
      Objects,
      ['a/1', 'a/2', 'b'].map((Key) => ({ Key, VersionId: 'null' })),
    );
    await clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.equal(clients.simulator.s3.listObjects(Bucket).objects.length, 0);
  });

  it('lists uploads in progress', async () => {
    const { UploadId } = await clients.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }));
    const list = new ListMultipartUploadsCommand({ Bucket });
    const { Uploads } = await clients.s3.send(list);
    assert.deepEqual(
      Uploads?.map((each) => [each.Key, each.UploadId, each.Initiated?.getTime()]),
      [['k', UploadId, clients.clock.now()]],
    );
    await clients.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId }));
    assert.equal((await clients.s3.send(list)).Uploads, undefined);
  });

  it('stores the tags of buckets and objects', async () => {
    const tags = [{ Key: 'team', Value: 'a & b' }];
    const read = (): Promise<unknown> => clients.s3.send(new GetBucketTaggingCommand({ Bucket }));
    assert.deepEqual(await refusal(read()), ['NoSuchTagSet', 404]);
    const write = (TagSet: { Key: string; Value: string }[]): Promise<unknown> =>
      clients.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    await write(tags);
    assert.deepEqual(((await read()) as { TagSet: unknown }).TagSet, tags);
    assert.deepEqual(await refusal(write([...tags, ...tags])), ['InvalidTag', 400]);
    await clients.s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    assert.deepEqual(await refusal(read()), ['NoSuchTagSet', 404]);

    const tagged = { Bucket, Key: 'k', Body: 'b', Tagging: 'team=a%20%26%20b' };
    await clients.s3.send(new PutObjectCommand(tagged));
    const { TagSet } = await clients.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }));
    assert.deepEqual(TagSet, tags);
  });

  it('copies objects and parts of them, with metadata and tags', async () => {
    const Key = 'ü &/k';
    const more = { ContentType: 'text/x', ContentEncoding: 'gzip', Metadata: { one: '1' }, Tagging: 'a=b' };
    await clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: '0123456789', ...more }));
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
    await clients.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    const copy = await clients.s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    assert.deepEqual(
      [copy.ContentType, copy.ContentEncoding, copy.Metadata, copy.ContentLength],
      ['text/x', 'gzip', { one: '1' }, 10],
    );
    const target = { Bucket, Key: 'parts' };
    const { UploadId } = await clients.s3.send(new CreateMultipartUploadCommand(target));
    const CopySourceRange = 'bytes=2-4';
    const { CopyPartResult } = await clients.s3.send(
      new UploadPartCopyCommand({ ...target, UploadId, PartNumber: 1, CopySource, CopySourceRange }),
    );
    const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
    await clients.s3.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    );
    assert.equal(await get('parts'), '234');
    const itself = { Bucket, Key: 'copy', CopySource: `${Bucket}/copy` };
    assert.deepEqual(await refusal(clients.s3.send(new CopyObjectCommand(itself))), ['InvalidRequest', 400]);
    await clients.s3.send(
      new CopyObjectCommand({ ...itself, MetadataDirective: 'REPLACE', Metadata: { two: '2' } }),
    );
    const changed = await clients.s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    assert.deepEqual(changed.Metadata, { two: '2' });
    const missing = { Bucket, Key: 'k', CopySource: `${Bucket}/nothing` };
    assert.deepEqual(await refusal(clients.s3.send(new CopyObjectCommand(missing))), ['NoSuchKey', 404]);
  });

  it('rejects a malformed path', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 any' };
    const response = await fetch(`${clients.url}/${Bucket}/%E0%A4%A`, { headers });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /<Code>InvalidURI<\/Code>/);
  });

  it('rejects unsupported operations with NotImplemented', async () => {
    assert.deepEqual(await refusal(clients.s3.send(new GetBucketAclCommand({ Bucket }))), [
      'NotImplemented',
      501,
    ]);
  });

  it('deletes one or many, and buckets only when empty', async () => {
    for (const key of ['a', 'b', 'c&d']) await put(key);
    assert.deepEqual(await refusal(clients.s3.send(new DeleteBucketCommand({ Bucket }))), [
      'BucketNotEmpty',
      409,
    ]);
    await clients.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const Objects = ['b', 'c&d'].map((Key) => ({ Key }));
    const { Deleted } = await clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.deepEqual(Deleted, Objects);
    await clients.s3.send(new DeleteBucketCommand({ Bucket }));
    assert.deepEqual(await refusal(clients.s3.send(new HeadBucketCommand({ Bucket }))), ['NotFound', 404]);
  });

  it('returns errors as S3 does', async () => {
    clients.simulator.s3.createBucket('foreign', '999999999999');
    const foreign = { Bucket: 'foreign', Key: 'k' };
    assert.deepEqual(await refusal(get('nothing')), ['NoSuchKey', 404]);
    assert.deepEqual(await refusal(clients.s3.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }))), [
      'NotFound',
      404,
    ]);
    assert.deepEqual(await refusal(get('k', { Bucket: 'nowhere' })), ['NoSuchBucket', 404]);
    assert.deepEqual(await refusal(clients.s3.send(new GetObjectCommand(foreign))), ['AccessDenied', 403]);
    assert.deepEqual(await refusal(clients.s3.send(new PutObjectCommand({ ...foreign, Body: 'b' }))), [
      'AccessDenied',
      403,
    ]);
    assert.deepEqual(await refusal(clients.s3.send(new CreateBucketCommand({ Bucket: 'foreign' }))), [
      'BucketAlreadyExists',
      409,
    ]);
  });

  it('knows buckets and their region, also by host name', async () => {
    const { LocationConstraint } = await clients.s3.send(new GetBucketLocationCommand({ Bucket }));
    assert.equal(LocationConstraint, 'eu-west-1');
    const { Buckets } = await clients.s3.send(new ListBucketsCommand({}));
    assert.deepEqual(
      Buckets?.map((each) => each.Name),
      [Bucket],
    );
    await put('k', 'by host');
    const { port } = new URL(clients.url);
    const body = await new Promise<string>((resolve, reject) => {
      const headers = { host: `${Bucket}.127.0.0.1:${port}`, authorization: 'AWS4-HMAC-SHA256 any' };
      request({ host: '127.0.0.1', port, path: '/k', headers }, (response) => {
        response.setEncoding('utf8').once('data', resolve);
      })
        .once('error', reject)
        .end();
    });
    assert.equal(body, 'by host');
    const unsigned = await fetch(`${clients.url}/${Bucket}/k`);
    assert.equal(unsigned.status, 403);
  });
});
