import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SEED, Service, plain } from '../fixture';
import type { Wire } from '../fixture';

function filled(count: number): Service {
  const service = new Service();
  for (let i = 0; i < count; i++) service.put({ id: { S: `k${i}` }, n: { N: String(i) } });
  return service;
}

interface Answer {
  Items: { id: { S: string } }[];
  Count: number;
  ScannedCount: number;
  LastEvaluatedKey?: Wire;
}

function scanned(service: Service, input: Wire = {}, between: () => void = () => undefined): string[] {
  const ids: string[] = [];
  let ExclusiveStartKey: Wire | undefined;
  do {
    const page = service.call('Scan', { TableName: 'items', ...input, ExclusiveStartKey }) as Answer;
    ids.push(...page.Items.map(({ id }) => id.S));
    ExclusiveStartKey = page.LastEvaluatedKey;
    between();
  } while (ExclusiveStartKey);
  return ids;
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${i}`).sort();

describe('simulator: Scan', () => {
  it('returns every item once, with any page size', () => {
    const service = filled(300);
    const order = scanned(service);
    assert.deepEqual(order.toSorted(), ids(300));
    for (const Limit of [1, 7, 100, 300, 301]) assert.deepEqual(scanned(service, { Limit }), order);
  });

  it('returns items that exist throughout, although others come and go', () => {
    const service = filled(200);
    let step = 0;
    const seen = scanned(service, { Limit: 10 }, () => {
      step++;
      service.put({ id: { S: `new${step}` } });
      service.call('DeleteItem', { TableName: 'items', Key: { id: { S: `k${100 + step}` } } });
    });
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(
      ids(100).filter((id) => !seen.includes(id)),
      [],
    );
  });

  it('is divided into segments without common items', () => {
    const service = filled(500);
    for (const TotalSegments of [1, 2, 3, 7]) {
      const parts = Array.from({ length: TotalSegments }, (_, Segment) =>
        scanned(service, { Segment, TotalSegments, Limit: 13 }),
      );
      assert.deepEqual(parts.flat().sort(), ids(500));
      assert.ok(parts.every((part) => part.length > 20));
    }
  });

  it('filters, counts and projects', () => {
    const service = filled(50);
    const filter = { FilterExpression: 'n < :n', ExpressionAttributeValues: { ':n': { N: '10' } } };
    const page = service.call('Scan', {
      TableName: 'items',
      ...filter,
      ProjectionExpression: 'id',
    }) as Answer;
    assert.deepEqual(
      page.Items.toSorted((a, b) => (a.id.S < b.id.S ? -1 : 1)),
      ids(10).map((S) => ({ id: { S } })),
    );
    const counted = service.call('Scan', { TableName: 'items', ...filter, Select: 'COUNT' });
    assert.deepEqual(counted, { Count: 10, ScannedCount: 50 });
  });

  it('ends a page at 1 MB', () => {
    const service = new Service();
    for (const id of ids(6)) service.put({ id: { S: id }, v: { S: 'x'.repeat(400_000) } });
    const page = service.call('Scan', { TableName: 'items' }) as Answer;
    assert.equal(page.Count, 3);
    assert.ok(page.LastEvaluatedKey);
  });

  const refused: [Wire, RegExp][] = [
    [{ Segment: 0 }, /The TotalSegments parameter is required but was not present/],
    [{ TotalSegments: 2 }, /The Segment parameter is required but was not present/],
    [{ Segment: 2, TotalSegments: 2 }, /Segment: 2 is not less than TotalSegments: 2$/],
    [{ Segment: -1, TotalSegments: 2 }, /greater than or equal to 0$/],
    [{ ExclusiveStartKey: { no: { S: 'key' } } }, /The provided starting key is invalid/],
    [
      { FilterExpression: 'n <' },
      /^ValidationException: Invalid FilterExpression: Syntax error; token: "<EOF>", near: "<"$/,
    ],
  ];
  for (const [input, message] of refused) {
    it(`rejects ${JSON.stringify(input)}`, () => {
      assert.match(filled(3).refusal('Scan', { TableName: 'items', ...input }), message);
    });
  }
});

describe('simulator: items', () => {
  /** Few keys, so that writes collide. */
  const order = fc.constantFrom('a', 'b', 'ab', '\u{1F600}');
  const line = fc.integer({ min: -3, max: 12 });
  const write = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), order, line, v: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('add' as const), order, line, v: fc.integer({ min: -1, max: 1 }) }),
    fc.record({ kind: fc.constant('delete' as const), order, line, v: fc.constant(0) }),
  );

  it('match a plain map in Get, Query, Scan and changes', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 120 }), (writes) => {
        const service = new Service({ line: 'N' });
        const model = new Map<string, Wire>();
        const replica = new Map<string, unknown>();
        for (const { kind, order: S, line: N, v } of writes) {
          const Key = { order: { S }, line: { N: String(N) } };
          const name = JSON.stringify(Key);
          const old = model.get(name)?.v as { N: string } | undefined;
          if (kind === 'put') {
            service.call('PutItem', { TableName: 'lines', Item: { ...Key, v: { N: String(v) } } });
            model.set(name, { ...Key, v: { N: String(v) } });
          } else if (kind === 'add') {
            service.call('UpdateItem', {
              TableName: 'lines',
              Key,
              UpdateExpression: 'ADD v :v',
              ExpressionAttributeValues: { ':v': { N: String(v) } },
            });
            model.set(name, { ...Key, v: { N: String(Number(old?.N ?? 0) + v) } });
          } else {
            service.call('DeleteItem', { TableName: 'lines', Key });
            model.delete(name);
          }
        }
        for (const { keys, oldImage, newImage } of service.changes) {
          const name = JSON.stringify(keys);
          assert.deepEqual(oldImage && plain(oldImage), replica.get(name));
          assert.notDeepEqual(oldImage, newImage);
          if (newImage) replica.set(name, plain(newImage));
          else replica.delete(name);
        }
        assert.deepEqual(new Map([...replica].sort()), new Map([...model].sort()));
        for (const S of ['a', 'b', 'ab', '\u{1F600}']) {
          const { Items } = service.call('Query', {
            TableName: 'lines',
            KeyConditionExpression: '#o = :o',
            ExpressionAttributeNames: { '#o': 'order' },
            ExpressionAttributeValues: { ':o': { S } },
          });
          const expected = [...model.values()]
            .filter((item) => (item.order as { S: string }).S === S)
            .sort((x, y) => Number((x.line as { N: string }).N) - Number((y.line as { N: string }).N));
          assert.deepEqual(Items, expected);
        }
        const { Items, Count } = service.call('Scan', { TableName: 'lines' });
        assert.equal(Count, model.size);
        assert.equal(service.tables.get('lines')?.itemCount, model.size);
        for (const item of Items) {
          assert.deepEqual(item, model.get(JSON.stringify({ order: item.order, line: item.line })));
        }
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
});
