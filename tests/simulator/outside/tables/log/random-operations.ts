import type { Random } from '../../../../../simulator/random';
import { Placeholders, condition, projection, update } from './expressions';
import type { Operation, Wire } from '../../operation';
import { TABLES, keyOf } from './tables';
import type { LogTable } from './tables';
import { attributes, keyBounds, keyValue } from './values';

const table = (random: Random): LogTable => random.pick(TABLES);

const key = (random: Random, { hash, range }: LogTable): Wire => ({
  [hash.name]: keyValue(random, hash.type),
  ...(range ? { [range.name]: keyValue(random, range.type) } : {}),
});

const item = (random: Random, of: LogTable): Wire => ({ ...key(random, of), ...attributes(random) });

/** ConditionExpression and its parameters, or nothing. */
function conditional(random: Random, placeholders: Placeholders): Wire {
  if (random.chance(0.6)) return {};
  return {
    ConditionExpression: condition(random, placeholders),
    ...(random.chance(0.3) ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}),
  };
}

function put(random: Random, of = table(random)): Wire {
  const placeholders = new Placeholders();
  const when = conditional(random, placeholders);
  return { TableName: of.name, Item: item(random, of), ...when, ...placeholders.members };
}

function remove(random: Random, of = table(random)): Wire {
  const placeholders = new Placeholders();
  const when = conditional(random, placeholders);
  return { TableName: of.name, Key: key(random, of), ...when, ...placeholders.members };
}

function change(random: Random, of = table(random)): Wire {
  const placeholders = new Placeholders();
  const UpdateExpression = update(random, placeholders);
  const when = conditional(random, placeholders);
  return { TableName: of.name, Key: key(random, of), UpdateExpression, ...when, ...placeholders.members };
}

function check(random: Random, of = table(random)): Wire {
  const placeholders = new Placeholders();
  const ConditionExpression = condition(random, placeholders);
  return { TableName: of.name, Key: key(random, of), ConditionExpression, ...placeholders.members };
}

function get(random: Random, of = table(random)): Wire {
  const placeholders = new Placeholders();
  const part = random.chance(0.3) ? { ProjectionExpression: projection(random, placeholders) } : {};
  return { TableName: of.name, Key: key(random, of), ...part, ...placeholders.members };
}

/** Requests for different items, so that a batch or transaction may contain them. */
function distinct<T>(
  random: Random,
  most: number,
  make: (of: LogTable) => T,
  keyIn: (made: T) => unknown,
): [LogTable, T][] {
  const seen = new Set<string>();
  const made: [LogTable, T][] = [];
  for (let more = random.integer(1, most + 1); more > 0; more--) {
    const of = table(random);
    const one = make(of);
    // Numbers may have two spellings, so two number keys of one table always count as the same here.
    const identity = JSON.stringify([of.name, keyOf(of, keyIn(one) as Wire)]).replaceAll(
      /"N":"[^"]*"/g,
      '"N"',
    );
    if (seen.has(identity)) continue;
    seen.add(identity);
    made.push([of, one]);
  }
  return made;
}

function byTable<T>(requests: readonly [LogTable, T][]): Record<string, T[]> {
  const grouped: Record<string, T[]> = {};
  for (const [{ name }, request] of requests) (grouped[name] ??= []).push(request);
  return grouped;
}

function pages(random: Random): Wire {
  return random.chance(0.6) ? { Limit: random.integer(1, 4) } : {};
}

function filtered(random: Random, placeholders: Placeholders): Wire {
  return {
    ...(random.chance(0.3) ? { FilterExpression: condition(random, placeholders) } : {}),
    ...(random.chance(0.2) ? { ProjectionExpression: projection(random, placeholders) } : {}),
  };
}

function keyCondition(random: Random, { hash, range }: LogTable, placeholders: Placeholders): string {
  const ofHash = `${placeholders.name(hash.name)} = ${placeholders.value(keyValue(random, hash.type))}`;
  if (!range || random.chance(0.3)) return ofHash;
  const name = placeholders.name(range.name);
  const [low, high] = keyBounds(random, range.type);
  const tests = [
    () => `${name} ${random.pick(['=', '<', '<=', '>', '>='])} ${placeholders.value(low)}`,
    () => `${name} BETWEEN ${placeholders.value(low)} AND ${placeholders.value(high)}`,
    ...(range.type === 'N' ? [] : [() => `begins_with(${name}, ${placeholders.value(low)})`]),
  ];
  return `${ofHash} AND ${random.pick(tests)()}`;
}

const returned = (random: Random, choices: readonly string[]): Wire =>
  random.chance(0.5) ? {} : { ReturnValues: random.pick(choices) };

const MAKERS: readonly { readonly weight: number; make(random: Random): Operation }[] = [
  {
    weight: 25,
    make: (random) => ({
      name: 'PutItem',
      input: { ...put(random), ...returned(random, ['NONE', 'ALL_OLD']) },
    }),
  },
  {
    weight: 35,
    make: (random) => ({
      name: 'UpdateItem',
      input: {
        ...change(random),
        ...returned(random, ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']),
      },
    }),
  },
  {
    weight: 8,
    make: (random) => ({
      name: 'DeleteItem',
      input: { ...remove(random), ...returned(random, ['NONE', 'ALL_OLD']) },
    }),
  },
  { weight: 5, make: (random) => ({ name: 'GetItem', input: get(random) }) },
  {
    weight: 5,
    make: (random) => {
      const requests = distinct(
        random,
        6,
        (of): Wire =>
          random.chance(0.3)
            ? { DeleteRequest: { Key: key(random, of) } }
            : { PutRequest: { Item: item(random, of) } },
        ({ PutRequest, DeleteRequest }) =>
          (PutRequest as Wire | undefined)?.['Item'] ?? (DeleteRequest as Wire)['Key'],
      );
      return { name: 'BatchWriteItem', input: { RequestItems: byTable(requests) } };
    },
  },
  {
    weight: 4,
    make: (random) => {
      const keys = byTable(
        distinct(
          random,
          8,
          (of) => key(random, of),
          (one) => one,
        ),
      );
      const RequestItems = Object.fromEntries(Object.entries(keys).map(([name, Keys]) => [name, { Keys }]));
      return { name: 'BatchGetItem', input: { RequestItems } };
    },
  },
  {
    weight: 8,
    make: (random) => {
      const members = distinct(
        random,
        4,
        (of): Wire =>
          random.pick([
            () => ({ Put: put(random, of) }),
            () => ({ Update: change(random, of) }),
            () => ({ Delete: remove(random, of) }),
            () => ({ ConditionCheck: check(random, of) }),
          ])(),
        (member) => {
          const [request] = Object.values(member) as [Wire];
          return request['Item'] ?? request['Key'];
        },
      );
      return { name: 'TransactWriteItems', input: { TransactItems: members.map(([, member]) => member) } };
    },
  },
  {
    weight: 2,
    make: (random) => {
      const members = distinct(
        random,
        4,
        (of) => ({ Get: get(random, of) }),
        ({ Get }) => Get['Key'],
      );
      return { name: 'TransactGetItems', input: { TransactItems: members.map(([, member]) => member) } };
    },
  },
  {
    weight: 8,
    make: (random) => {
      const of = table(random);
      const placeholders = new Placeholders();
      const input = {
        TableName: of.name,
        KeyConditionExpression: keyCondition(random, of, placeholders),
        ...filtered(random, placeholders),
        ...pages(random),
        ...(random.chance(0.5) ? { ScanIndexForward: random.chance(0.5) } : {}),
      };
      return { name: 'Query', input: { ...input, ...placeholders.members }, paged: true };
    },
  },
  {
    weight: 3,
    make: (random) => {
      const placeholders = new Placeholders();
      const input = { TableName: table(random).name, ...filtered(random, placeholders), ...pages(random) };
      return { name: 'Scan', input: { ...input, ...placeholders.members }, paged: true };
    },
  },
];

/** Reads and writes of every kind, most of which AWS executes. */
export function randomOperations(random: Random, count: number): Operation[] {
  const makers = MAKERS.flatMap(({ weight, make }) => Array.from({ length: weight }, () => make));
  return Array.from({ length: count }, () => random.pick(makers)(random));
}
