import assert from 'node:assert/strict';
import { replicate, StopTimedOut } from '../../runtime/replicate';
import { BUCKET, Place, RATE, TABLE } from '../bad-input/place';
import { Relay } from '../destinations/postgres/relay';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';

describe('replicate', () => {
  before(requirePostgres);
  let place: Place;
  let database: TestDatabase;
  let relay: Relay;
  beforeEach(async () => {
    place = await Place.open();
    database = await createDatabase();
    relay = await Relay.to(database.url);
  });
  afterEach(async () => {
    await relay.close();
    await place.close();
    await database.drop();
  });

  const settings = () => ({
    tables: [TABLE],
    bucket: BUCKET,
    to: relay.url(database.url),
    endpoint: place.url,
    region: 'eu-west-1',
    clockRate: RATE,
    timeouts: { stopMs: 1_000 },
  });

  for (const [how, onEvent] of [
    ['throws', () => assert.fail('not today')],
    ['rejects', () => Promise.reject(new Error('not today'))],
  ] as const) {
    it(`ends with the error that its listener ${how}`, async () => {
      await assert.rejects(replicate(settings(), { onEvent }), /not today/);
    });
  }

  it('ends within `timeouts.stopMs` although the destination does not answer, and throws why', async () => {
    const stop = new AbortController();
    const running = replicate(settings(), {
      signal: stop.signal,
      onEvent: ({ name }) => {
        if (name !== 'pipeline.published') return;
        void relay.holdAt('INSERT INTO "public"').then(() => stop.abort(new Error('enough')));
        place.put(TABLE, 1_000);
      },
    });
    await assert.rejects(running, (error) => {
      assert.ok(error instanceof StopTimedOut, String(error));
      assert.match(error.message, /within 1 s .*Nothing is lost/);
      return true;
    });
  });
});
