import assert from 'node:assert/strict';
import { BIRD_STRIKES, birdStrikes } from '../../demo/bird-strikes';
import { PRODUCT_CATALOG, productCatalog } from '../../demo/product-catalog';
import { nextWrite, writerState } from '../../demo/writer';
import { ManualClock, Simulator, type Item } from '../../simulator';
import { Random } from '../../simulator/random';

const table = (simulator: Simulator, name: string, key: string) =>
  simulator.call('dynamodb', 'CreateTable', {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'N' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });

const items = (simulator: Simulator, name: string): Item[] => {
  const found: Item[] = [];
  let from: unknown;
  do {
    const page = simulator.call('dynamodb', 'Scan', { TableName: name, ExclusiveStartKey: from }) as {
      Items: Item[];
      LastEvaluatedKey?: unknown;
    };
    found.push(...page.Items);
    from = page.LastEvaluatedKey;
  } while (from);
  return found;
};

describe('demo data', () => {
  it('has 5,000 bird strikes with the values of the FAA’s reports', () => {
    const strikes = birdStrikes();
    assert.equal(strikes.length, 5000);
    assert.deepEqual(strikes[0], {
      id: { N: '1' },
      airport: { S: 'BARKSDALE AIR FORCE BASE ARPT' },
      aircraft: { S: 'T-38A' },
      damage: { S: 'None' },
      date: { S: '1990-01-08' },
      operator: { S: 'MILITARY' },
      state: { S: 'Louisiana' },
      phase: { S: 'Climb' },
      size: { S: 'Large' },
      species: { S: 'Turkey vulture' },
      timeOfDay: { S: 'Day' },
      costOther: { N: '0' },
      costRepair: { N: '0' },
      costTotal: { N: '0' },
      speedKnots: { N: '300' },
    });
    const withoutSpeed = strikes.filter((strike) => strike['speedKnots'] === undefined).length;
    assert.ok(withoutSpeed > 1000 && withoutSpeed < 2000, `${withoutSpeed} reports without a speed`);
  });

  it('has a catalog with every kind of value that DynamoDB has, except binary sets', () => {
    const kinds = new Set<string>();
    const look = (value: unknown): void => {
      for (const [kind, inner] of Object.entries(value as Record<string, unknown>)) {
        kinds.add(kind);
        if (kind === 'L') (inner as unknown[]).forEach(look);
        if (kind === 'M') Object.values(inner as Item).forEach(look);
      }
    };
    for (const item of productCatalog(300, 1)) Object.values(item).forEach(look);
    assert.deepEqual([...kinds].sort(), ['B', 'BOOL', 'L', 'M', 'N', 'NS', 'NULL', 'S', 'SS']);
  });

  it('generates the same catalog for the same seed, and another for another', () => {
    assert.deepEqual(productCatalog(50, 7), productCatalog(50, 7));
    assert.notDeepEqual(productCatalog(50, 7), productCatalog(50, 8));
  });
});

describe('demo writer', () => {
  it('makes thousands of writes that DynamoDB accepts, of every kind and to both tables', () => {
    const simulator = new Simulator({ clock: new ManualClock(), seed: 3 });
    table(simulator, BIRD_STRIKES, 'id');
    table(simulator, PRODUCT_CATALOG, 'Id');
    simulator.clock.advance?.(60_000);
    const reports = birdStrikes();
    const strikes = reports.slice(0, 200);
    const products = productCatalog(100, 3);
    for (const item of strikes)
      simulator.call('dynamodb', 'PutItem', { TableName: BIRD_STRIKES, Item: item });
    for (const item of products)
      simulator.call('dynamodb', 'PutItem', { TableName: PRODUCT_CATALOG, Item: item });

    const random = new Random(3);
    const counts = new Map<string, number>();
    let state = writerState(strikes, products, reports.slice(200, 500));
    for (let count = 0; count < 3000; count++) {
      const next = nextWrite(random, state);
      const { operation, input } = next.write;
      simulator.call('dynamodb', operation, input);
      const kind = `${operation} ${input.TableName}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      state = next.state;
    }

    assert.equal(counts.size, 6, JSON.stringify([...counts]));
    const ids = (name: string, key: string) =>
      items(simulator, name)
        .map((item) => Number((item[key] as { N: string }).N))
        .sort((a, b) => a - b);
    const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
    assert.deepEqual(ids(BIRD_STRIKES, 'id'), ascending(state.strikes));
    assert.deepEqual(ids(PRODUCT_CATALOG, 'Id'), ascending(state.products));
  });

  it('depends only on the random source', () => {
    const run = () => {
      const random = new Random(11);
      let state = writerState(birdStrikes().slice(0, 5), productCatalog(5, 1), birdStrikes().slice(5, 10));
      return Array.from({ length: 40 }, () => {
        const next = nextWrite(random, state);
        state = next.state;
        return next.write;
      });
    };
    assert.deepEqual(run(), run());
  });

  it('continues after everything is deleted', () => {
    const state = writerState([], [], birdStrikes().slice(0, 3));
    const { write } = nextWrite(new Random(1), state);
    assert.equal(write.operation, 'PutItem');
  });
});
