import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { replicate, StopTimedOut } from '../../runtime/replicate';
import { BUCKET, Place, RATE, TABLE } from '../bad-input/place';

describe('replicate', () => {
  let place: Place;
  /** Takes connections, and never answers. */
  let silent: Server;
  const sockets = new Set<Socket>();
  before(async () => {
    place = await Place.open();
    silent = createServer((socket) => sockets.add(socket.on('error', () => undefined).resume()));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    silent.close();
    await place.close();
  });

  it('ends within `timeouts.stopMs` of its stop though the destination does not answer, and throws why', async () => {
    const stop = new AbortController();
    silent.once('connection', () => stop.abort(new Error('enough')));
    const { port } = silent.address() as AddressInfo;
    const settings = {
      tables: [TABLE],
      bucket: BUCKET,
      to: `postgres://replicator:secret@127.0.0.1:${port}/shop`,
      endpoint: place.url,
      region: 'eu-west-1',
      clockRate: RATE,
      timeouts: { stopMs: 1_000 },
    };
    await assert.rejects(replicate(settings, { signal: stop.signal }), (error) => {
      assert.ok(error instanceof StopTimedOut, String(error));
      assert.match(error.message, /within 1 s .*Nothing is lost/);
      return true;
    });
  });
});
