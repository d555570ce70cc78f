import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { once } from 'node:events';
import { AwsFault } from '../../../runtime/aws/faults';
import type { SdkServices } from '../../../runtime/aws/sdk';
import {
  type Answering,
  cutBody,
  hang,
  json,
  reset,
  s3Error,
  ScriptedServer,
  sdkAt,
  serviceError,
  stalledBody,
  text,
} from './scripted-server';

const IMPATIENT = { connectMs: 1_000, requestMs: 60, socketMs: 60, callMs: 5_000 };
const PATIENT = { connectMs: 60_000, requestMs: 60_000, socketMs: 60_000, callMs: 60_000 };
const PAGE = { Records: [], NextShardIterator: 'next' };

async function faultOf(call: Promise<unknown>): Promise<AwsFault> {
  const error: unknown = await call.then(
    () => assert.fail('the call succeeded'),
    (thrown) => thrown,
  );
  assert.ok(error instanceof AwsFault, String(error));
  return error;
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('The AWS SDK on a faulty wire', () => {
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

  describe('calls', () => {
    const RETRIED: readonly (readonly [string, Answering, string])[] = [
      ['row 4: LimitExceededException', serviceError('LimitExceededException'), 'LimitExceededException'],
      ['row 6: 500', serviceError('InternalServerError', 'x', 500), 'InternalServerError'],
      ['row 6: 503 without a name', text(503, ''), 'InternalFailure|Unknown|UnknownError|503|SyntaxError'],
      ['row 7: HTML with 502', text(502, '<html><body>Bad Gateway</body></html>'), 'SyntaxError'],
      ['row 8: HTML with 200', text(200, '<html>captive portal</html>'), 'UnreadableAnswer'],
      ['row 8: JSON that ends early', text(200, '{"Records":[{"dynamodb":{"Ke'), 'UnreadableAnswer'],
      ['row 8: an empty body', text(200, ''), 'UnreadableAnswer'],
      ['row 8: an empty object', json(200, {}), 'UnreadableAnswer'],
      ['row 8: null', text(200, 'null'), 'UnreadableAnswer'],
      ['row 8: a wrong CRC-32', json(200, PAGE, { 'x-amz-crc32': '12345' }), 'UnreadableAnswer'],
      ['row 9: a body that is cut off', cutBody(500, '{"Records":['), 'ECONNRESET'],
      ['row 9: a connection that is reset', reset, 'ECONNRESET'],
    ];
    it('row 8: no message quotes an unreadable body, as it holds rows', async () => {
      server.answerWith(text(200, '{"Records":[zqzq'));
      const fault = await faultOf(services.getRecords('iterator', 1000));
      assert.doesNotMatch(inspect(fault, { depth: 9 }), /zqzq/);
    });

    for (const [status, body] of [
      [200, '<html>zqzq: sign in</html>'],
      [200, 'zqzq'],
      [200, '"zqzq"'],
      [200, '{"Table":{"zqzq'],
      [200, '{"Table":{"CreationDateTime":"zqzq"}}'],
      [403, '<html>zqzq</html>'],
      [404, '<!DOCTYPE html><p>zqzq'],
      [502, 'zqzq'],
    ] as const)
      it(`row 8: no message quotes the body ${body} with ${status}`, async () => {
        server.answerWith(text(status, body));
        for (const call of [() => services.describeTable('orders'), () => services.callerIdentity()]) {
          const fault = await faultOf(call());
          assert.doesNotMatch(inspect(fault, { depth: 9 }), /zqzq/);
          // Five of these in a row are refused.
          if (status === 200) assert.deepEqual([fault.code, fault.kind], ['UnreadableAnswer', 'retry']);
        }
      });

    for (const [what, answering, code] of RETRIED) {
      it(`${what} is retried, and never the end of a shard`, async () => {
        server.answerWith(answering);
        const fault = await faultOf(services.getRecords('iterator', 1000));
        assert.equal(fault.kind, 'retry');
        assert.match(fault.code, new RegExp(`^(${code})$`));
        assert.equal(fault.operation, 'GetRecords');
      });
    }

    it('row 8: a response without its content is retried, for every operation', async () => {
      server.answerWith(json(200, {}));
      const empty = [
        () => services.describeTable('orders'),
        () => services.describePointInTimeRecovery('orders'),
        () => services.describeExport('arn:aws:dynamodb:eu-west-1:1:table/orders/export/1'),
        () => services.listExports('arn:aws:dynamodb:eu-west-1:1:table/orders'),
        () => services.describeStream('arn:aws:dynamodb:eu-west-1:1:table/orders/stream/1', {}),
        () =>
          services.getShardIterator(
            'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/1',
            'shard',
            'TRIM_HORIZON',
          ),
      ];
      for (const call of empty) assert.equal((await faultOf(call())).code, 'UnreadableAnswer');
    });

    it('row 10: nothing listens at the address', async () => {
      const deaf = await ScriptedServer.start();
      const { url } = deaf;
      await deaf.close();
      const alone = sdkAt(url);
      const fault = await faultOf(alone.describeTable('orders'));
      alone.close();
      assert.equal(fault.code, 'ECONNREFUSED');
      assert.equal(fault.kind, 'retry');
      assert.ok(fault.message.includes(url), fault.message);
    });

    for (const [what, answering] of [
      ['never answers', hang],
      ['stops in mid-body', stalledBody(500, '{"Records":[')],
    ] as const) {
      it(`row 11: a call times out when the server ${what}`, async () => {
        server.answerWith(answering);
        const impatient = sdkAt(server.url, { timeouts: IMPATIENT });
        const fault = await faultOf(impatient.getRecords('iterator', 1000));
        impatient.close();
        assert.equal(fault.kind, 'retry');
        assert.match(fault.code, /^(TimeoutError|ETIMEDOUT|ECONNRESET)$/);
      });
    }

    it('row 11: a call ends at its deadline when the server sends too slowly', async () => {
      let drip: NodeJS.Timeout | undefined;
      server.answerWith((response) => {
        response.writeHead(200, { 'content-length': '1000000' });
        drip = setInterval(() => response.write(' '), 10);
      });
      const patient = sdkAt(server.url, { timeouts: { ...PATIENT, callMs: 150 } });
      const fault = await faultOf(patient.getRecords('iterator', 1000));
      clearInterval(drip);
      patient.close();
      assert.equal(fault.code, 'ETIMEDOUT');
      assert.match(fault.message, /within 150 ms/);
    });

    it('row 12: an abort ends a call at once with its reason', async () => {
      const controller = new AbortController();
      server.answerWith(() => controller.abort(reason));
      const reason = new Error('shutting down');
      await assert.rejects(
        services.describeTable('orders', controller.signal),
        (thrown) => thrown === reason,
      );
      await assert.rejects(
        services.describeTable('orders', controller.signal),
        (thrown) => thrown === reason,
      );
      assert.equal(server.heard.length, 1);
    });

    it('row 12: an abort does not wait for the SDK’s own pauses between tries', async () => {
      const stubborn = sdkAt(server.url, { maxAttempts: 50 });
      const controller = new AbortController();
      const reason = new Error('shutting down');
      let answered = 0;
      server.answerWith((response, heard) => {
        if (++answered === 3) controller.abort(reason);
        serviceError('InternalServerError', 'x', 500)(response, heard);
      });
      await assert.rejects(
        stubborn.describeTable('orders', controller.signal),
        (thrown) => thrown === reason,
      );
      stubborn.close();
    });

    it('are retried inside the SDK as often as set', async () => {
      const twice = sdkAt(server.url, { maxAttempts: 2 });
      server.answerWith(serviceError('InternalServerError', 'x', 500));
      await faultOf(twice.describeTable('orders'));
      twice.close();
      assert.equal(server.heard.length, 2);
    });

    it('row 13: access denied names action and resource', async () => {
      server.answerWith(serviceError('AccessDeniedException', 'not allowed'));
      const iterator =
        'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000|1|AAAA';
      const { message } = await faultOf(services.getRecords(iterator, 1000));
      assert.match(
        message,
        /dynamodb:GetRecords on arn:aws:dynamodb:eu-west-1:123456789012:table\/orders\/stream\/2026/,
      );
    });
  });

  describe('objects', () => {
    it('rows 9 and 28: a body that is cut off is a fault to resume from, not an end', async () => {
      server.answerWith(cutBody(10, 'abc', { etag: '"e"' }));
      const body = await services.getObject('b', 'k', { offset: 0, ifMatch: undefined });
      assert.equal(body.totalBytes, 10);
      assert.equal(body.etag, '"e"');
      const fault = await faultOf(read(body.bytes));
      assert.equal(fault.kind, 'retry');
      assert.equal(fault.operation, 'GetObject');
    });

    it('row 11: a body that stalls times out', async () => {
      server.answerWith(stalledBody(10, 'abc'));
      const impatient = sdkAt(server.url, { timeouts: { ...PATIENT, socketMs: 500 } });
      const body = impatient.getObject('b', 'k', { offset: 0, ifMatch: undefined });
      // On a slow machine even the head may be late.
      const fault = await faultOf(body.then((begun) => read(begun.bytes)));
      assert.equal(fault.kind, 'retry');
      impatient.close();
    });

    it('row 28: the rest is requested with Range and If-Match, and another part is refused', async () => {
      const rest = { 'content-range': 'bytes 4-9/10', etag: '"e"' };
      server.answerWith(text(206, 'efghij', rest), text(206, 'efghij', rest), text(200, 'abcdefghij'));
      const body = await services.getObject('b', 'k', { offset: 4, ifMatch: '"e"' });
      assert.equal(await read(body.bytes), 'efghij');
      assert.equal(body.totalBytes, 10);
      assert.equal(server.heard[0]!.headers['range'], 'bytes=4-');
      assert.equal(server.heard[0]!.headers['if-match'], '"e"');
      for (const offset of [5, 6]) {
        const fault = await faultOf(services.getObject('b', 'k', { offset, ifMatch: '"e"' }));
        assert.equal(fault.code, 'UnreadableAnswer');
      }
    });

    const ERRORS: readonly (readonly [string, number, string, AwsFault['kind'], RegExp])[] = [
      ['row 27', 404, 'NoSuchKey', 'fatal', /does not exist/],
      ['row 27', 404, 'NoSuchBucket', 'fatal', /aws s3 mb/],
      ['row 27', 403, 'AccessDenied', 'retry', /s3:GetObject/],
      ['row 28', 503, 'SlowDown', 'retry', /throttled/],
      ['row 28', 500, 'InternalError', 'retry', /retrying/],
      ['row 28', 412, 'PreconditionFailed', 'fatal', /replaced/],
      ['row 28', 416, 'InvalidRange', 'fatal', /replaced/],
    ];
    for (const [row, status, code, kind, says] of ERRORS) {
      it(`${row}: ${code}`, async () => {
        server.answerWith(s3Error(status, code));
        const fault = await faultOf(services.getObject('b', 'k', { offset: 0, ifMatch: undefined }));
        assert.deepEqual([fault.code, fault.kind, fault.httpStatus], [code, kind, status]);
        assert.match(fault.message, says);
      });
    }

    for (const [status, kind, says] of [
      [404, 'fatal', /There is no bucket b/],
      [403, 'retry', /s3:ListBucket/],
    ] as const) {
      it(`row 27: HEAD of a bucket with ${status}, which has no body`, async () => {
        server.answerWith(text(status, ''));
        const fault = await faultOf(services.headBucket('b', undefined));
        assert.equal(fault.kind, kind);
        assert.match(fault.message, says);
      });
    }

    it('row 12: an abort ends a body at once with its reason', async () => {
      const controller = new AbortController();
      const reason = new Error('shutting down');
      server.answerWith(stalledBody(10, 'abc'));
      const body = await services.getObject('b', 'k', { offset: 0, ifMatch: undefined }, controller.signal);
      const reading = read(body.bytes);
      setImmediate(() => controller.abort(reason));
      await assert.rejects(reading, (thrown) => thrown === reason);
    });

    it('return their connection when the body is left early', async () => {
      server.answerWith(stalledBody(10, 'abc'));
      const body = await services.getObject('b', 'k', { offset: 0, ifMatch: undefined });
      const [socket] = server.sockets;
      const closed = once(socket!, 'close');
      for await (const chunk of body.bytes) {
        assert.equal(Buffer.from(chunk).toString(), 'abc');
        break;
      }
      await closed;
    });
  });
});
