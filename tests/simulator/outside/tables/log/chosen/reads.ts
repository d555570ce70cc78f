import type { Operation, Wire } from '../../../operation';
import { CHOSEN_TABLE } from '../tables';
import { get, put, transaction } from './requests';

/** Sort keys of every type in order, to and fro and in pages. */
function sorted(): Operation[] {
  const keys: [table: string, id: Wire, sorts: Wire[]][] = [
    [
      'text-number',
      { S: 'order' },
      ['10', '9', '-1', '-10', '0.5', '1E2', '1E-5', '0', '-1E30'].map((N) => ({ N })),
    ],
    ['number-binary', { N: '77' }, ['/w==', 'AA==', 'AAE=', 'gAE=', 'fw==', 'AAA='].map((B) => ({ B }))],
    [
      'binary-text',
      { B: 'AAECAw==' },
      ['b', 'a', 'B', 'é', 'z', '\uffff', '🦜', 'aa', 'A'].map((S) => ({ S })),
    ],
  ];
  return keys.flatMap(([table, id, sorts]) => [
    ...sorts.map((at) => put('sort keys', { id, at }, table)),
    ...[true, false].map(
      (ScanIndexForward): Operation => ({
        name: 'Query',
        about: 'sort keys',
        paged: true,
        input: {
          TableName: table,
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': id },
          ScanIndexForward,
          Limit: 2,
        },
      }),
    ),
  ]);
}

/** Prefixes of sort keys: a capital letter is another letter. */
function prefixes(): Operation[] {
  return ['a', 'A', '\uffff'].map(
    (prefix): Operation => ({
      name: 'Query',
      about: 'prefixes of sort keys',
      paged: true,
      input: {
        TableName: 'binary-text',
        KeyConditionExpression: 'id = :id AND begins_with(#at, :prefix)',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':id': { B: 'AAECAw==' }, ':prefix': { S: prefix } },
      },
    }),
  );
}

/** Parts of an item that are there, and that are not. */
function projections(): Operation[] {
  const about = 'projections';
  const item = {
    id: { S: 'projected' },
    'a.b': { S: '' },
    l: { L: [{ S: '0' }, { S: '1' }] },
    m: { M: { a: { S: '' } } },
  };
  const parts = [
    'm.a',
    'l[1], l[0]',
    'nothing',
    'm.nothing',
    'nothing.a',
    'l[7]',
    'nothing[0]',
    '#dotted',
  ].map(
    (ProjectionExpression): Wire => ({
      ProjectionExpression,
      ...(ProjectionExpression === '#dotted' ? { ExpressionAttributeNames: { '#dotted': 'a.b' } } : {}),
    }),
  );
  const of = { TableName: CHOSEN_TABLE.name, Key: { id: item.id } };
  return [
    put(about, item),
    ...parts.map((part) => get(about, 'projected', part)),
    ...[...parts, {}].map(
      (part): Operation => ({
        name: 'TransactGetItems',
        about,
        input: { TransactItems: [{ Get: { ...of, ...part } }] },
      }),
    ),
    {
      name: 'TransactGetItems',
      about,
      input: { TransactItems: [{ Get: { ...of, Key: { id: { S: 'nobody' } } } }] },
    },
  ];
}

/** Pages of one partition key, the last of them full. */
function pages(): Operation[] {
  return [1, 2].map(
    (Limit): Operation => ({
      name: 'Query',
      about: 'pages',
      paged: true,
      input: {
        TableName: CHOSEN_TABLE.name,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'projected' } },
        Limit,
      },
    }),
  );
}

/** Conditions on what is nearly the same number, or would be one elsewhere. */
function comparisons(): Operation[] {
  const about = 'comparisons';
  const least = '1E-130';
  const most = '12345678901234567890123456789012345678';
  const tests: [string, Wire][] = [
    ['least BETWEEN :v AND :v', { N: '0' }],
    ['least = :v', { N: '0' }],
    ['flag = :v', { N: '0' }],
    ['flag < :v', { N: '1' }],
    ['flag BETWEEN :v AND :v', { N: '0' }],
    ['least > :v', { N: '0' }],
    ['most = :v', { N: '12345678901234567890123456789012345679' }],
    ['most < :v', { N: '12345678901234567890123456789012345679' }],
  ];
  return [
    put(about, { id: { S: 'compared' }, least: { N: least }, most: { N: most }, flag: { BOOL: false } }),
    ...tests.map(([expression, value]) => check(about, 'compared', expression, value)),
  ];
}

const check = (about: string, id: string, expression: string, value: Wire): Operation =>
  transaction(about, {
    ConditionCheck: {
      TableName: CHOSEN_TABLE.name,
      Key: { id: { S: id } },
      ConditionExpression: expression,
      ExpressionAttributeValues: { ':v': value },
    },
  });

/** Conditions and filters on what is not there. */
function conditions(): Operation[] {
  const about = 'conditions on what is not there';
  const tests: [string, Wire][] = [
    ['nothing = :v', { NULL: true }],
    ['nothing <> :v', { NULL: true }],
    ['nothing <> :v', { N: '1' }],
    ['nothing < :v', { N: '1' }],
    ['id < :v', { N: '1' }],
    ['l > :v', { S: 'a' }],
    ['nothing IN (:v)', { NULL: true }],
    ['size(nothing) > :v', { N: '0' }],
    ['size(id) > :v', { N: '0' }],
    ['contains(nothing, :v)', { S: '' }],
    ['NOT contains(nothing, :v)', { S: '' }],
  ];
  return tests.flatMap(([expression, value]): Operation[] => [
    check(about, 'projected', expression, value),
    {
      name: 'Scan',
      about,
      paged: true,
      input: {
        TableName: CHOSEN_TABLE.name,
        FilterExpression: expression,
        ExpressionAttributeValues: { ':v': value },
        Select: 'COUNT',
      },
    },
  ]);
}

export const chosenReads = (): Operation[] => [
  ...sorted(),
  ...prefixes(),
  ...projections(),
  ...pages(),
  ...comparisons(),
  ...conditions(),
];
