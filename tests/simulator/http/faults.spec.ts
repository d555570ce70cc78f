import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import assert from 'node:assert/strict';
import { TransportFault } from '../../../simulator';
import type { FaultAnswer } from '../../../simulator';
import { Local, failure, listening } from '../fixture';
import type { Clients } from '../fixture';

interface Met {
  name: string;
  code?: string;
  status?: number | undefined;
}

/** A failed call as a user of the SDK sees it. */
const met = (call: Promise<unknown>): Promise<Met> =>
  call.then(
    () => ({ name: 'none' }),
    (error: { name: string; code?: string; $metadata?: { httpStatusCode?: number } }) => ({
      name: error.name,
      ...(error.code ? { code: error.code } : {}),
      ...(error.$metadata?.httpStatusCode ? { status: error.$metadata.httpStatusCode } : {}),
    }),
  );

describe('simulator: faults on the wire', () => {
  let clients: Clients;

  const open = async (patienceMs?: number) => {
    clients = await listening({}, 1, patienceMs);
    clients.simulator.s3.createBucket('bucket');
    clients.simulator.s3.putObject('bucket', 'key', Buffer.alloc(2000, 'x'));
  };
  beforeEach(() => open());
  afterEach(() => clients.close());

  const list = (): Promise<unknown> => clients.streams.send(new ListStreamsCommand({}));
  const body = async (): Promise<string> => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    return (await Body?.transformToString()) ?? '';
  };
  const fault = (operation: string, answer: FaultAnswer): void => {
    clients.simulator.faults.add({ operation, answer });
  };

  it('error: any type and status, in each service’s own form', async () => {
    fault('ListStreams', { kind: 'error', type: 'LimitExceededException', message: 'slower' });
    assert.deepEqual(await met(list()), { name: 'LimitExceededException', status: 400 });
    fault('GetObject', { kind: 'error', type: 'SlowDown', status: 503 });
    assert.deepEqual(await met(body()), { name: 'SlowDown', status: 503 });
    fault('HeadObject', { kind: 'error', type: 'AccessDenied', status: 403 });
    const head = clients.s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    assert.equal((await met(head)).status, 403);
    fault('GetCallerIdentity', { kind: 'error', type: 'ExpiredToken', status: 403 });
    const identity = clients.sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual(await met(identity), { name: 'ExpiredToken', status: 403 });
  });

  it('error: the type only in a header', async () => {
    fault('*', { kind: 'error', type: 'AccessDeniedException', headerOnly: true });
    assert.deepEqual(await met(list()), { name: 'AccessDeniedException', status: 400 });
  });

  it('body: a gateway’s page, or a 200 that is not JSON', async () => {
    clients.simulator.faults.add({
      operation: 'ListStreams',
      nth: 1,
      answer: { kind: 'body', status: 502, contentType: 'text/html', body: '<html>Bad Gateway</html>' },
    });
    assert.equal((await met(list())).status, 502);
    fault('ListStreams', {
      kind: 'body',
      status: 200,
      contentType: 'text/html',
      body: '<html>Welcome</html>',
    });
    assert.equal((await met(list())).name, 'SyntaxError');
  });

  it('truncate: valid HTTP, broken JSON', async () => {
    fault('ListStreams', { kind: 'truncate', toBytes: -3 });
    assert.deepEqual(await met(list()), { name: 'SyntaxError', status: 200 });
  });

  it('hang and stall: only a timeout ends them', async () => {
    await clients.close();
    await open(400);
    fault('ListStreams', { kind: 'hang' });
    assert.equal((await met(list())).name, 'TimeoutError');
    fault('GetObject', { kind: 'stall', afterBytes: 100 });
    assert.notEqual((await met(body())).name, 'none');
  });

  it('reset and cut: the connection breaks before or during the response', async () => {
    fault('ListStreams', { kind: 'reset' });
    assert.equal((await met(list())).code, 'ECONNRESET');
    fault('GetObject', { kind: 'cut', afterBytes: 100 });
    assert.equal((await met(body())).code, 'ECONNRESET');
  });

  it('corrupt: one byte of the body is changed', async () => {
    fault('GetObject', { kind: 'corrupt', offset: 10 });
    assert.equal([...(await body())].filter((char) => char !== 'x').length, 1);
  });

  it('replace: the service sends a changed body with a matching checksum', async () => {
    fault('ListStreams', { kind: 'replace', text: '"Streams":', by: '"Streams": ' });
    assert.deepEqual(await met(list()), { name: 'none' });
    fault('GetObject', { kind: 'replace', text: 'x', by: 'zz' });
    assert.equal(await body(), 'zz'.repeat(2000));
  });

  it('slow and delay: the whole response, but later', async () => {
    fault('GetObject', { kind: 'slow', pieceBytes: 500, everyMs: 5 });
    assert.equal((await body()).length, 2000);
    fault('ListStreams', { kind: 'delay', ms: 20 });
    assert.deepEqual(await met(list()), { name: 'none' });
  });

  it('performed: the call takes effect, but its response is lost', async () => {
    fault('PutObject', { kind: 'reset', performed: true });
    const call = clients.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'new', Body: 'b' }));
    assert.equal((await met(call)).code, 'ECONNRESET');
    assert.equal(clients.simulator.s3.getObject('bucket', 'new').body.toString(), 'b');
    fault('CreateTable', { kind: 'error', type: 'InternalServerError', status: 500 });
    const create = new CreateTableCommand({ TableName: 'lost', KeySchema: [], AttributeDefinitions: [] });
    assert.equal((await met(clients.dynamodb.send(create))).status, 500);
    assert.equal(clients.simulator.tables.get('lost'), undefined);
  });

  it('a custom header: a Date that is far off', async () => {
    fault('*', {
      kind: 'error',
      type: 'InvalidSignatureException',
      headers: { date: 'Mon, 05 Jan 2015 00:00:00 GMT' },
    });
    const put = new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' } } });
    assert.equal((await met(clients.dynamodb.send(put))).name, 'InvalidSignatureException');
  });
});

describe('simulator: fault rules', () => {
  const down: FaultAnswer = { kind: 'error', type: 'InternalServerError', status: 500 };
  const calls = (local: Local, count: number): string =>
    Array.from({ length: count }, () =>
      failure(() => local.dynamodb('ListTables')) === 'none' ? '.' : 'x',
    ).join('');

  it('choose calls by number, from a number on, at a rate, and with a limit', () => {
    const chosen = (choice: object, count = 6): string => {
      const local = new Local();
      local.simulator.faults.add({ operation: 'ListTables', ...choice, answer: down });
      return calls(local, count);
    };
    assert.equal(chosen({}), 'xxxxxx');
    assert.equal(chosen({ nth: 2 }), '.x....');
    assert.equal(chosen({ from: 4 }), '...xxx');
    assert.equal(chosen({ from: 2, times: 2 }), '.xx...');
    const some = chosen({ rate: 0.5 }, 100);
    const hits = [...some].filter((each) => each === 'x').length;
    assert.ok(hits > 20 && hits < 80, some);
    assert.equal(chosen({ rate: 0.5 }, 100), some, 'the same seed, the same calls');
  });

  it('choose calls by service and content', () => {
    const local = new Local();
    local.simulator.faults.add({ operation: '*', service: 'streams', answer: down });
    assert.equal(calls(local, 1), '.');
    assert.equal(
      failure(() => local.streams('ListStreams')),
      'InternalServerError',
    );
    local.simulator.faults.clear();
    local.simulator.faults.add({ operation: 'PutItem', containing: 'poison', answer: down });
    assert.equal(
      failure(() => local.put('fine')),
      'none',
    );
    assert.equal(
      failure(() => local.put('poison')),
      'InternalServerError',
    );
  });

  it('are removed one by one', () => {
    const local = new Local();
    const rule = local.simulator.faults.add({ operation: '*', answer: down });
    assert.equal(calls(local, 1), 'x');
    rule.remove();
    assert.equal(calls(local, 1), '.');
    assert.deepEqual([rule.calls, rule.hits], [1, 1]);
  });

  it('apply to in-process calls too: other faults than errors are thrown for an adapter to act out', () => {
    const local = new Local();
    const faults = local.simulator.faults;
    faults.add({ operation: 'PutItem', times: 1, answer: { kind: 'hang', performed: true } });
    assert.throws(
      () => local.put('a'),
      (error) => error instanceof TransportFault && error.answer.kind === 'hang',
    );
    assert.equal(local.all().length, 1);
    local.simulator.s3.createBucket('bucket');
    faults.add({ operation: 'PutObject', service: 's3', containing: 'bucket/key', answer: down });
    assert.equal(
      failure(() => local.simulator.s3.putObject('bucket', 'key', Buffer.alloc(0))),
      'InternalServerError',
    );
    assert.equal(
      failure(() => local.simulator.s3.putObject('bucket', 'other', Buffer.alloc(0))),
      'none',
    );
    faults.add({ operation: 'DeleteObject', answer: { kind: 'reset', performed: true } });
    assert.equal(
      failure(() => local.simulator.s3.deleteObject('bucket', 'other')),
      'TransportFault',
    );
    assert.deepEqual(local.simulator.s3.listObjects('bucket').objects, []);
    faults.add({ operation: 'ListTables', answer: { kind: 'delay', ms: 1 } });
    assert.equal(calls(local, 1), '.');
  });
});
