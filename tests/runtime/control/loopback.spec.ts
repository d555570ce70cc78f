import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findRunning, serveControl } from '../../../runtime/control/control';
import { findOnLoopback } from '../../../runtime/control/loopback-client';
import { addressFile, type LoopbackAddress } from '../../../runtime/control/loopback-address';
import type { AnswerLine, ControlHandler } from '../../../runtime/control/protocol';
import { NO_REQUESTS } from './no-requests';

describe('control over loopback', () => {
  let folder: string;
  let destinationFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-loopback-'));
    destinationFile = join(folder, 'shop.duckdb');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const place = () => ({ kind: 'file' as const, destinationFile, phrase: 'a file' });
  const serve = () => {
    const status: ControlHandler = async ({ table }) => ({ table: table ?? 'all' });
    const none: ControlHandler = async () => undefined;
    const verify: ControlHandler = async ({ table, sample }) => ({ table, sample: sample ?? 'its own' });
    return serveControl(
      place(),
      ['orders'],
      { status, estimate: none, verify, resync: none },
      { hold: async () => undefined, report: (error) => assert.fail(error) },
    );
  };

  /** Sends a request as any program can. */
  async function post(path: string, body: string, token?: string) {
    const address = JSON.parse(readFileSync(addressFile(destinationFile), 'utf8')) as LoopbackAddress;
    const response = await fetch(`http://127.0.0.1:${address.port}${path}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token ?? address.token}` },
    });
    const text = await response.text();
    return {
      status: response.status,
      lines: text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as AnswerLine),
    };
  }

  it('answers a request, also one of version 0.1.0', async () => {
    const server = await serve();
    const [running] = await findRunning(place());
    assert.deepEqual(await running?.ask('status', 'orders', () => undefined), { table: 'orders' });
    const none = () => undefined;
    assert.deepEqual(await running?.ask('verify', 'orders', none, undefined, 0.1), {
      table: 'orders',
      sample: 0.1,
    });
    assert.deepEqual(await running?.ask('verify', 'orders', none), { table: 'orders', sample: 'its own' });
    assert.deepEqual((await post('/status', '{"table":"orders"}')).lines, [{ result: { table: 'orders' } }]);
    assert.deepEqual((await post('/status', '')).lines, [{ result: { table: 'all' } }]);
    await server.close();
  });

  it('answers an unreadable request with an error, and continues', async () => {
    const server = await serve();
    for (const [body, says] of NO_REQUESTS) {
      const { status, lines } = await post('/', body);
      assert.equal(status, 200, body);
      assert.equal(lines.length, 1, body);
      const [line] = lines as unknown as [{ error: { name: string; message: string } }];
      assert.equal(line.error.name, 'RequestUnreadable');
      assert.match(line.error.message, says);
    }
    assert.equal((await post('/status', '', 'another token')).status, 401);
    assert.equal((await post('/status', 'x'.repeat(100_000))).status, 413);
    assert.deepEqual((await post('/status', '')).lines, [{ result: { table: 'all' } }]);
    await server.close();
  });

  const noAddresses = [
    ...['', 'no JSON', 'null', '{}', '[1]', '{"pid":1,"port":"1","token":"x","tables":[]}'],
    ...['{"pid":1,"port":99999,"token":"x","tables":[]}', '{"pid":-1,"port":1,"token":"x","tables":[]}'],
  ];
  for (const text of noAddresses)
    it(`ignores an invalid address: ${text || '(empty)'}`, async () => {
      writeFileSync(addressFile(destinationFile), text);
      assert.deepEqual(await findRunning(place()), []);
      const server = await serve();
      assert.equal((await findRunning(place())).length, 1);
      await server.close();
    });

  it('takes a path that cannot be for one without a replicator', async () => {
    const file = join(dirname(destinationFile), 'file');
    writeFileSync(file, '');
    for (const path of [join(file, 'shop.duckdb'), join(dirname(file), `${'n'.repeat(300)}.duckdb`)])
      assert.equal(await findOnLoopback(path), undefined);
  });

  it('ignores a folder with the name of an address file', async () => {
    mkdirSync(addressFile(destinationFile));
    assert.deepEqual(await findRunning(place()), []);
  });
});
