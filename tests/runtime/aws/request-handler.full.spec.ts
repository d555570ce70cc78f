import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsFault } from '../../../runtime/aws/faults';
import type { SdkServices } from '../../../runtime/aws/sdk';
import type { AwsSettings } from '../../../runtime/aws/settings';
import { skipLoudly } from '../../skip-loudly';
import { ProxyServer } from './proxy-server';
import { json, ScriptedServer, sdkAt } from './scripted-server';
import { keptEnvironment } from '../../environment';

const TABLE = {
  Table: {
    TableName: 'orders',
    TableArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  },
};
const SECRET = 'very-secret';
/** Longer than any of these tests takes. */
const LONG = { connectMs: 60_000, requestMs: 60_000, socketMs: 60_000, callMs: 60_000 };
const SHORT = { ...LONG, connectMs: 300 };

describe('requests through a proxy', () => {
  const restoreEnvironment = keptEnvironment();
  let aws: ScriptedServer;
  let secure: Server;
  let proxy: ProxyServer;
  let sdk: SdkServices | undefined;
  let folder: string;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), 'replicator-proxy-'));
    if (!makeCertificate(folder)) skipLoudly(this, 'there is no openssl to make a certificate with');
    aws = await ScriptedServer.start();
    const [key, cert] = ['server.key', 'server.crt'].map((name) => readFileSync(join(folder, name)));
    secure = createServer({ key, cert }, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'R' });
      response.end(JSON.stringify(TABLE));
    });
    await new Promise<void>((resolve) => secure.listen(0, 'localhost', resolve));
  });
  after(async () => {
    await aws?.close();
    secure?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    proxy = await ProxyServer.start();
    aws.answerWith(json(200, TABLE));
    for (const name of Object.keys(process.env))
      if (/_proxy$/i.test(name)) Reflect.deleteProperty(process.env, name);
    const address = `http://us%23er:${SECRET}@${proxy.host}`;
    Object.assign(process.env, { HTTPS_PROXY: address, HTTP_PROXY: address });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  });
  afterEach(async () => {
    sdk?.close();
    await proxy.close();
    restoreEnvironment();
  });

  const secureUrl = () => `https://localhost:${(secure.address() as AddressInfo).port}`;
  const at = (url: string, settings?: Partial<AwsSettings>) => (sdk = sdkAt(url, settings));
  const faultOf = async (call: Promise<unknown>): Promise<AwsFault> => {
    const [result] = await Promise.allSettled([call]);
    const reason = (result as PromiseRejectedResult).reason as unknown;
    assert.ok(reason instanceof AwsFault, String(reason));
    for (let error: unknown = reason; error instanceof Error; error = error.cause) {
      assert.doesNotMatch(`${error.message}${error.stack}`, new RegExp(SECRET));
    }
    return reason;
  };

  it('https: one tunnel serves many calls, with the user and password of the address', async () => {
    const services = at(secureUrl());
    for (let call = 0; call < 3; call++) await services.describeTable('orders');
    assert.deepEqual(proxy.asked, [`CONNECT ${secureUrl().slice('https://'.length)}`]);
    const login = Buffer.from(`us#er:${SECRET}`).toString('base64');
    assert.deepEqual(proxy.logins, [`Basic ${login}`]);
    const [route] = services.routes;
    assert.deepEqual(
      [route?.host, route?.proxy?.address],
      [secureUrl().slice('https://'.length), `http://${proxy.host}`],
    );
  });

  it('https: a call that the proxy cuts off later is retried on another tunnel', async () => {
    const services = at(secureUrl());
    await services.describeTable('orders');
    for (const socket of proxy.sockets) socket.destroy();
    await pause(20);
    await services.describeTable('orders');
    assert.equal(proxy.asked.length, 2);
  });

  it('http: the proxy gets the request with the full address', async () => {
    const services = at(aws.url);
    await services.describeTable('orders');
    await services.describeTable('orders');
    assert.deepEqual(proxy.asked, [`POST ${aws.url}/`, `POST ${aws.url}/`]);
    assert.equal(aws.heard.length, 2);
  });

  it('http: a body arrives complete', async () => {
    const body = Buffer.alloc(300_000, 'x');
    await at(aws.url).putObject('bucket', 'a key/of an object', { body });
    assert.equal(aws.heard[0]?.body.length, body.length);
    assert.deepEqual(proxy.asked, [`PUT ${aws.url}/bucket/a%20key/of%20an%20object?x-id=PutObject`]);
  });

  it('go directly to a host in NO_PROXY, and to a simulator in this process', async () => {
    process.env['NO_PROXY'] = '127.0.0.1';
    await at(aws.url).describeTable('orders');
    sdk?.close();
    delete process.env['NO_PROXY'];
    await at(aws.url, { usesProxies: false }).describeTable('orders');
    assert.deepEqual(proxy.asked, []);
  });

  it('name a proxy that refuses, without its password, and do not treat its status as one of AWS', async () => {
    for (const url of [secureUrl(), aws.url]) {
      proxy.manner = 407;
      const login = await faultOf(at(url).describeTable('orders'));
      assert.equal(login.pace, 'slow');
      assert.match(
        login.message,
        /^DescribeTable on table orders failed\. The proxy http:\/\/127\.0\.0\.1:\d+ /,
      );
      assert.match(
        login.message,
        /HTTP 407.*requires a user and password: HTTPS_PROXY=http:\/\/USER:PASSWORD@/,
      );
      sdk?.close();
    }
    proxy.manner = 403;
    const forbidden = await faultOf(at(secureUrl()).describeTable('orders'));
    assert.deepEqual([forbidden.kind, forbidden.pace, forbidden.permission], ['retry', 'slow', undefined]);
    assert.match(forbidden.message, /refuses connections to localhost \(HTTP 403\)\..*add it to NO_PROXY/);
    proxy.manner = 503;
    assert.equal((await faultOf(at(secureUrl()).describeTable('orders'))).pace, 'soon');
  });

  it('name a proxy that hangs up or does not exist, and are retried', async () => {
    proxy.manner = 'hang up';
    const hungUp = await faultOf(at(secureUrl()).describeTable('orders'));
    await proxy.close();
    const nobody = await faultOf(at(secureUrl()).describeTable('orders'));
    const forwarded = await faultOf(at(aws.url).describeTable('orders'));
    for (const fault of [hungUp, nobody, forwarded]) {
      assert.deepEqual([fault.kind, fault.pace], ['retry', 'soon']);
      assert.match(
        fault.message,
        /The proxy http:\/\/127\.0\.0\.1:\d+ did not connect to (localhost|127\.0\.0\.1) \(/,
      );
    }
    assert.match(nobody.message, /ECONNREFUSED/);
  });

  it('give up a silent proxy and its socket after the limit for a connection', async () => {
    proxy.manner = 'say nothing';
    const fault = await faultOf(at(secureUrl(), { timeouts: SHORT }).describeTable('orders'));
    assert.equal(fault.kind, 'retry');
    while (proxy.sockets.size > 0) await pause(5);
  });

  it('end at once when aborted while the proxy is silent', async () => {
    proxy.manner = 'say nothing';
    const controller = new AbortController();
    const call = at(secureUrl(), { timeouts: LONG }).describeTable('orders', controller.signal);
    while (proxy.asked.length === 0) await pause(5);
    const reason = new Error('stopped');
    controller.abort(reason);
    await assert.rejects(call, (error) => error === reason);
  });
});

/** Makes a self-signed certificate. Returns whether the machine can make one. */
function makeCertificate(folder: string): boolean {
  const { status } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-keyout', join(folder, 'server.key'), '-out', join(folder, 'server.crt')],
  ]);
  return status === 0;
}
