import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { LocalClock } from '../../../runtime/clock';
import { ServiceTimeUnknown } from '../../../runtime/aws/service-clock';
import { SdkServices } from '../../../runtime/aws/sdk';
import { AwsFault } from '../../../runtime/aws/faults';
import { json, ScriptedServer, sdkAt, serviceError, text } from './scripted-server';

const TABLE = {
  TableName: 'orders',
  TableArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders',
  TableStatus: 'ACTIVE',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
};

function record(newImage: unknown, more: object = {}): object {
  return {
    eventName: 'MODIFY',
    dynamodb: {
      ApproximateCreationDateTime: 1568013979.0,
      Keys: { id: { S: 'a' } },
      NewImage: newImage,
      SequenceNumber: '100000000000000000001',
    },
    ...more,
  };
}

describe('Responses through the AWS SDK', () => {
  let server: ScriptedServer;
  let services: SdkServices;

  before(async () => {
    server = await ScriptedServer.start();
  });
  beforeEach(() => {
    services = sdkAt(server.url);
  });
  afterEach(() => services.close());
  after(() => server.close());

  describe('stream records', () => {
    it('keep every value exactly: attributes called __proto__, 38 digits, bytes, empty values, lone surrogates (D1)', async () => {
      const body = JSON.stringify({
        Records: [
          record({
            id: { S: 'a' },
            ['__proto__']: { S: 'kept' },
            toString: { N: '12345678901234567890123456789012345678' },
            bytes: { B: 'AAH/' },
            sets: { BS: ['AA==', ''] },
            nested: { M: { ['__proto__']: { L: [{ NULL: true }, { BOOL: false }, { M: {} }, { S: '' }] } } },
            half: { S: '\ud800' },
          }),
        ],
        NextShardIterator: 'next',
      });
      server.answerWith(text(200, body, { 'x-amz-crc32': String(crc32(body)) }));
      const page = await services.getRecords('iterator', 1000);
      assert.equal(page.nextIterator, 'next');
      assert.ok(page.bytes >= body.length);
      const [only] = page.records;
      assert.deepEqual(
        only!.newImage,
        new Map<string, unknown>([
          ['id', { S: 'a' }],
          ['__proto__', { S: 'kept' }],
          ['toString', { N: '12345678901234567890123456789012345678' }],
          ['bytes', { B: Uint8Array.of(0, 1, 255) }],
          ['sets', { BS: [Uint8Array.of(0), Uint8Array.of()] }],
          [
            'nested',
            {
              M: new Map([
                ['__proto__', { L: [{ NULL: true }, { BOOL: false }, { M: new Map() }, { S: '' }] }],
              ]),
            },
          ],
          ['half', { S: '\ud800' }],
        ]),
      );
      assert.deepEqual(only!.keys, new Map([['id', { S: 'a' }]]));
      assert.equal(only!.createdAt, 1568013979000);
      assert.equal(only!.sequenceNumber, '100000000000000000001');
    });

    it('row 37: an unknown kind of value affects only its item', async () => {
      server.answerWith(
        json(200, {
          Records: [
            record({
              id: { S: 'a' },
              odd: {},
              newer: { Q: '1' },
              bad: { B: '!!' },
              worse: { S: '1', N: '1' },
            }),
            record({ id: { S: 'a' }, n: { S: 'good' } }),
            record('no item at all'),
          ],
        }),
      );
      const { records, nextIterator } = await services.getRecords('iterator', 1000);
      assert.equal(nextIterator, undefined);
      for (const name of ['odd', 'newer', 'bad', 'worse']) {
        assert.ok('unreadable' in records[0]!.newImage!.get(name)!, name);
      }
      assert.deepEqual(records[1]!.newImage!.get('n'), { S: 'good' });
      assert.deepEqual(records[2]!.newImage!.get('id'), { S: 'a' });
      assert.ok([...records[2]!.newImage!.values()].some((value) => 'unreadable' in value));
    });

    it('distinguish a delete by time to live from a user’s, and have no image', async () => {
      const removal = { ...record(undefined), eventName: 'REMOVE' };
      const service = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };
      server.answerWith(json(200, { Records: [{ ...removal, userIdentity: service }, removal] }));
      const { records } = await services.getRecords('iterator', 1000);
      assert.deepEqual(
        records.map(({ eventName, byTimeToLive, newImage }) => [eventName, byTimeToLive, newImage]),
        [
          ['REMOVE', true, undefined],
          ['REMOVE', false, undefined],
        ],
      );
    });

    for (const [what, odd] of [
      ['without its new image', record(undefined)],
      ['of an unknown kind', record({ id: { S: 'a' } }, { eventName: 'MERGE' })],
    ] as const) {
      it(`row 33: a record ${what} stops the reading, and is never treated as a delete`, async () => {
        server.answerWith(json(200, { Records: [odd] }));
        const fault = await services.getRecords('iterator', 1000).catch((thrown: unknown) => thrown);
        assert.ok(fault instanceof AwsFault);
        assert.equal(fault.kind, 'fatal');
      });
    }

    it('make the response unreadable without a sequence number, time or keys', async () => {
      const whole = record({ id: { S: 'a' } }) as { dynamodb: Record<string, unknown> };
      for (const name of ['SequenceNumber', 'ApproximateCreationDateTime', 'Keys']) {
        const dynamodb = { ...whole.dynamodb, [name]: undefined };
        server.answerWith(json(200, { Records: [{ ...whole, dynamodb }] }));
        await assert.rejects(services.getRecords('iterator', 1000), {
          code: 'UnreadableAnswer',
          kind: 'retry',
        });
      }
    });
  });

  describe('time', () => {
    it('comes from the Date of every response of the service, including errors', async () => {
      assert.throws(() => services.clock.now(), ServiceTimeUnknown);
      const date = 'Mon, 05 Jan 2026 12:00:00 GMT';
      server.answerWith(json(400, { __type: 'ResourceNotFoundException' }, { date }));
      await assert.rejects(services.describeTable('orders'));
      const behind = services.clock.now() - Date.parse(date);
      assert.ok(behind >= 0 && behind < 5_000, `${behind} ms`);
      server.answerWith(text(200, 'x', { date: 'Tue, 06 Jan 2026 12:00:00 GMT', 'x-amz-request-id': 'R' }));
      await services.headBucket('b', undefined);
      assert.ok(services.clock.now() >= Date.parse('Tue, 06 Jan 2026 12:00:00 GMT'));
    });

    it('does not come from a gateway’s response', async () => {
      server.answerWith((response) => {
        response.writeHead(502, { date: 'Fri, 01 Jan 2100 00:00:00 GMT' });
        response.end('<html>');
      });
      await assert.rejects(services.describeTable('orders'));
      assert.throws(() => services.clock.now(), ServiceTimeUnknown);
    });
  });

  it('describe a table without stream, id and sort key', async () => {
    server.answerWith(json(200, { Table: TABLE }));
    const table = await services.describeTable('orders');
    assert.deepEqual(table, {
      name: 'orders',
      arn: TABLE.TableArn,
      id: undefined,
      status: 'ACTIVE',
      keySchema: { partition: { name: 'id', type: 'S' } },
      itemCount: 0,
      sizeBytes: 0,
      billingMode: undefined,
      stream: undefined,
    });
  });

  it('give the stream’s creation, from its label in UTC', async () => {
    const label = '2026-01-05T11:22:33.444';
    server.answerWith(
      json(200, {
        Table: {
          ...TABLE,
          LatestStreamArn: `${TABLE.TableArn}/stream/${label}`,
          LatestStreamLabel: label,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        },
      }),
    );
    const { stream } = await services.describeTable('orders');
    assert.deepEqual(stream, {
      arn: `${TABLE.TableArn}/stream/${label}`,
      createdAt: Date.UTC(2026, 0, 5, 11, 22, 33, 444),
      enabled: true,
      viewType: 'NEW_IMAGE',
    });
  });

  it('include all pages of the exports', async () => {
    server.answerWith(
      json(200, { ExportSummaries: [{ ExportArn: 'one' }], NextToken: 'more' }),
      json(200, { ExportSummaries: [{ ExportArn: 'two' }] }),
    );
    assert.deepEqual(await services.listExports(TABLE.TableArn), ['one', 'two']);
    assert.equal((JSON.parse(server.heard[1]!.body) as { NextToken: string }).NextToken, 'more');
  });

  it('do not leak listeners of a signal with many calls at once', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    server.answerWith(json(200, { Table: TABLE }));
    await Promise.all(Array.from({ length: 40 }, () => services.describeTable('orders', signal)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });

  it('work with a plain S3 server: path style, no trailing checksums', async () => {
    server.answerWith(text(200, ''));
    await services.putObject('my-exports', 'prefix/check', { body: Buffer.from('hello') });
    const [put] = server.heard;
    assert.equal(put!.path.split('?')[0], '/my-exports/prefix/check');
    assert.equal(put!.body, 'hello');
    assert.equal(put!.headers['x-amz-trailer'], undefined);
  });

  it('are for writes with a checksum, for Object Lock, and with the KMS key of the exports', async () => {
    const answered = { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-version-id': 'v1' };
    server.answerWith(text(200, '', answered));
    const body = Buffer.from('hello');
    const written = await services.putObject('my-exports', 'check', { body, kmsKeyId: 'alias/exports' });
    assert.deepEqual(written, { encryption: 'aws:kms', versionId: 'v1' });
    const { headers } = server.heard[0]!;
    // CRC-32 of "hello".
    assert.equal(headers['x-amz-checksum-crc32'], 'NhCmhg==');
    assert.equal(headers['x-amz-server-side-encryption'], 'aws:kms');
    assert.equal(headers['x-amz-server-side-encryption-aws-kms-key-id'], 'alias/exports');
  });

  it('row 27: find a bucket in another region', async () => {
    const elsewhere = { 'x-amz-bucket-region': 'us-west-2' };
    server.answerWith(text(301, '', elsewhere), text(200, 'found'));
    const body = await services.getObject('my-exports', 'k', { offset: 0, ifMatch: undefined });
    const chunks: Uint8Array[] = [];
    for await (const chunk of body.bytes) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), 'found');
    assert.match(server.heard[0]!.headers.authorization ?? '', /eu-west-1\/s3/);
    assert.match(server.heard[1]!.headers.authorization ?? '', /us-west-2\/s3/);
    server.answerWith(text(301, '', elsewhere), text(200, ''));
    await services.putObject('their-exports', 'check', { body: Buffer.from('hello') });
    assert.match(server.heard[1]!.headers.authorization ?? '', /us-west-2\/s3/);
    assert.equal(server.heard[1]!.body, 'hello');
    for (const status of [301, 307, 400]) {
      server.answerWith(text(status, '', elsewhere), text(200, '', elsewhere));
      assert.deepEqual(await services.headBucket(`found-by-${status}`, undefined), { region: 'us-west-2' });
    }
  });

  it('row 14: lead to reading the credentials again after AWS refused them', async () => {
    let resolved = 0;
    const own = new SdkServices(
      {
        region: 'eu-west-1',
        endpoint: server.url,
        maxAttempts: 1,
        credentials: (async () => ({ accessKeyId: `K${++resolved}`, secretAccessKey: 's' })) as never,
      },
      new LocalClock(),
    );
    server.answerWith(serviceError('ExpiredTokenException'), json(200, { Table: TABLE }));
    await assert.rejects(own.describeTable('orders'), { code: 'ExpiredTokenException' });
    await own.describeTable('orders');
    own.close();
    const keys = server.heard.map(
      ({ headers }) => /Credential=(K\d+)\//.exec(headers.authorization ?? '')?.[1],
    );
    assert.notEqual(keys[0], keys[1]);
  });
});
