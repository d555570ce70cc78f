import assert from 'node:assert/strict';
import { Service, plain } from '../fixture';

const YEAR_SECONDS = 365 * 86_400;

describe('simulator: time to live', () => {
  const enabled = (): { service: Service; now: number } => {
    const service = new Service();
    service.call('UpdateTimeToLive', {
      TableName: 'items',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    });
    return { service, now: service.clock.now() / 1000 };
  };

  it('deletes expired items with the service’s identity', () => {
    const { service, now } = enabled();
    const keep: Record<string, object> = {
      later: { N: String(now + 100) },
      now: { N: String(now) },
      text: { S: '1' },
      ancient: { N: String(now - 5 * YEAR_SECONDS) },
      map: { M: {} },
    };
    for (const [id, expires] of Object.entries(keep)) service.put({ id: { S: id }, expires });
    service.put({ id: { S: 'without' } });
    service.put({ id: { S: 'past' }, expires: { N: String(now - 1) } });
    service.put({ id: { S: 'old' }, expires: { N: String(now - 5 * YEAR_SECONDS + 1) } });
    const before = service.changes.length;
    assert.equal(service.tables.expire(), 2);
    assert.deepEqual(plain(service.changes.slice(before)), [
      {
        tableName: 'items',
        tableId: service.tables.get('items')?.id,
        keys: { id: { S: 'past' } },
        oldImage: { id: { S: 'past' }, expires: { N: String(now - 1) } },
        at: service.clock.now(),
        byTimeToLive: true,
      },
      {
        tableName: 'items',
        tableId: service.tables.get('items')?.id,
        keys: { id: { S: 'old' } },
        oldImage: { id: { S: 'old' }, expires: { N: String(now - 5 * YEAR_SECONDS + 1) } },
        at: service.clock.now(),
        byTimeToLive: true,
      },
    ]);
    assert.equal(service.tables.expire(), 0);
    service.clock.advance(200_000);
    assert.equal(service.tables.expire(), 2, 'later and now');
    assert.deepEqual(
      [...service.tables.items('items')].map((item) => plain(item).id),
      [{ S: 'text' }, { S: 'ancient' }, { S: 'map' }, { S: 'without' }],
    );
  });

  it('covers items from before it was enabled, and later updates', () => {
    const service = new Service();
    const now = service.clock.now() / 1000;
    service.put({ id: { S: 'a' }, expires: { N: String(now - 1) } });
    service.put({ id: { S: 'b' } });
    service.call('UpdateTimeToLive', {
      TableName: 'items',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    });
    assert.equal(service.tables.expire(), 1);
    service.update('SET expires = :u', { ':u': { N: String(now + 10) } }, undefined, 'b');
    assert.equal(service.tables.expire(), 0);
    service.update('SET expires = :u', { ':u': { N: String(now - 10) } }, undefined, 'b');
    assert.equal(service.tables.expire(), 1);
  });

  it('is described, and can be enabled and disabled only once', () => {
    const { service } = enabled();
    const set = (Enabled: boolean, AttributeName: string): string =>
      service.refusal('UpdateTimeToLive', {
        TableName: 'items',
        TimeToLiveSpecification: { Enabled, AttributeName },
      });
    const described = (): unknown =>
      service.call('DescribeTimeToLive', { TableName: 'items' }).TimeToLiveDescription;
    assert.deepEqual(described(), { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    assert.equal(set(true, 'expires'), 'ValidationException: TimeToLive is already enabled');
    assert.match(
      set(false, 'other'),
      /^ValidationException: TimeToLive is active on a different AttributeName/,
    );
    assert.equal(set(false, 'expires'), 'no error');
    assert.deepEqual(described(), { TimeToLiveStatus: 'DISABLED' });
    assert.equal(set(false, 'expires'), 'ValidationException: TimeToLive is already disabled');
    service.put({ id: { S: 'a' }, expires: { N: '1767614000' } });
    assert.equal(service.tables.expire(), 0);
  });

  for (const [name, length] of [
    ['', 'greater than or equal to 1'],
    ['x'.repeat(256), 'less than or equal to 255'],
  ] as const) {
    it(`rejects an attribute name of ${name.length} characters`, () => {
      const TimeToLiveSpecification = { Enabled: true, AttributeName: name };
      assert.equal(
        new Service().refusal('UpdateTimeToLive', { TableName: 'items', TimeToLiveSpecification }),
        `ValidationException: 1 validation error detected: Value '${name}' at 'attributeName' failed to satisfy constraint: Member must have length ${length}`,
      );
    });
  }
});
