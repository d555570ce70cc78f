import type { Item } from '../simulator/attribute-value';
import type { Random } from '../simulator/random';
import { BIRD_STRIKES } from './bird-strikes';
import { price, product, PRODUCT_CATALOG } from './product-catalog';

/** One DynamoDB API call in wire format. */
export interface Write {
  readonly operation: 'PutItem' | 'UpdateItem' | 'DeleteItem';
  readonly input: Readonly<Record<string, unknown>> & { readonly TableName: string };
}

/** What the writer knows about the tables it writes to. */
export interface WriterState {
  /** Ids of the existing items, per table. */
  readonly strikes: readonly number[];
  readonly products: readonly number[];
  /** Reports still to be sent. After the last one they are sent again from the first, under new ids. */
  readonly reports: readonly Item[];
  readonly sent: number;
  readonly nextStrike: number;
  readonly nextProduct: number;
}

/** The state after the tables were filled with these items. */
export function writerState(
  strikes: readonly Item[],
  products: readonly Item[],
  reports: readonly Item[],
): WriterState {
  const strikeIds = strikes.map((item) => idOf(item['id']));
  const productIds = products.map((item) => idOf(item['Id']));
  return {
    strikes: strikeIds,
    products: productIds,
    reports,
    sent: 0,
    nextStrike: Math.max(0, ...strikeIds) + 1,
    nextProduct: Math.max(1000, ...productIds) + 1,
  };
}

/**
 * The next write of a plausible application: a new report, a repair cost, a price, tags, stock, and now and then a
 * deletion. It depends on `random` and the state only.
 */
export function nextWrite(random: Random, state: WriterState): { write: Write; state: WriterState } {
  const { strikes, products } = state;
  if (strikes.length === 0 || random.chance(0.3)) return report(random, state);
  if (products.length === 0 || random.chance(0.15)) {
    const item = product(random, state.nextProduct);
    return {
      write: put(PRODUCT_CATALOG, item),
      state: { ...state, products: [...products, state.nextProduct], nextProduct: state.nextProduct + 1 },
    };
  }
  if (random.chance(0.2)) {
    return random.chance(0.6)
      ? deletion(BIRD_STRIKES, 'id', random.pick(strikes), (id) => ({
          ...state,
          strikes: strikes.filter((x) => x !== id),
        }))
      : deletion(PRODUCT_CATALOG, 'Id', random.pick(products), (id) => ({
          ...state,
          products: products.filter((x) => x !== id),
        }));
  }
  return { write: random.chance(0.5) ? repairBill(random, strikes) : productChange(random, products), state };
}

function report(random: Random, state: WriterState): { write: Write; state: WriterState } {
  const source = state.reports[state.sent % state.reports.length] as Item;
  const item = {
    ...source,
    id: { N: String(state.nextStrike) },
    reportedBy: { S: random.pick(['crew', 'tower']) },
  };
  return {
    write: put(BIRD_STRIKES, item),
    state: {
      ...state,
      strikes: [...state.strikes, state.nextStrike],
      nextStrike: state.nextStrike + 1,
      sent: state.sent + 1,
    },
  };
}

function repairBill(random: Random, strikes: readonly number[]): Write {
  const dollars = String(random.integer(100, 250_000));
  return update(
    BIRD_STRIKES,
    { id: { N: String(random.pick(strikes)) } },
    'SET costRepair = :cost, costTotal = :cost',
    {
      ':cost': { N: dollars },
    },
  );
}

function productChange(random: Random, products: readonly number[]): Write {
  const key = { Id: { N: String(random.pick(products)) } };
  if (random.chance(0.6))
    return update(PRODUCT_CATALOG, key, 'SET Price = :price', { ':price': { N: price(random) } });
  if (random.chance(0.5)) {
    return update(PRODUCT_CATALOG, key, 'ADD Tags :tags', {
      ':tags': { SS: [random.pick(['new', 'sale', 'last'])] },
    });
  }
  return update(PRODUCT_CATALOG, key, 'SET QuantityOnHand = :count REMOVE Thumbnail', {
    ':count': { N: String(random.integer(0, 500)) },
  });
}

function put(table: string, item: Item): Write {
  return { operation: 'PutItem', input: { TableName: table, Item: item } };
}

function update(table: string, key: Item, expression: string, values: Item): Write {
  return {
    operation: 'UpdateItem',
    input: {
      TableName: table,
      Key: key,
      UpdateExpression: expression,
      ExpressionAttributeValues: values,
    },
  };
}

function deletion(
  table: string,
  key: string,
  id: number,
  without: (id: number) => WriterState,
): { write: Write; state: WriterState } {
  return {
    write: { operation: 'DeleteItem', input: { TableName: table, Key: { [key]: { N: String(id) } } } },
    state: without(id),
  };
}

function idOf(value: Item[string] | undefined): number {
  return value && 'N' in value ? Number(value.N) : 0;
}
