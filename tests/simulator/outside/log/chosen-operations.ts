import type { Wire } from '../wire';
import type { Operation } from './operation';
import { NUMBERS } from './values';

const put = (about: string, item: Wire, table = 'text'): Operation => ({
  name: 'PutItem',
  about,
  input: { TableName: table, Item: item },
});

const update = (about: string, id: string, expression: string, values?: Wire): Operation => ({
  name: 'UpdateItem',
  about,
  input: {
    TableName: 'text',
    Key: { id: { S: id } },
    UpdateExpression: expression,
    ...(values ? { ExpressionAttributeValues: values } : {}),
    ReturnValues: 'ALL_NEW',
  },
});

const get = (about: string, table: string, key: Wire): Operation => ({
  name: 'GetItem',
  about,
  input: { TableName: table, Key: key },
});

/** Every spelling of a number as attribute, inside a document and a set, as a sum, and as a key. */
function numberForms(): Operation[] {
  return NUMBERS.flatMap((spelled) => [
    put('number', {
      id: { S: `number ${spelled}` },
      alone: { N: spelled },
      inside: { L: [{ N: spelled }, { M: { deep: { N: spelled } } }] },
      set: { NS: [spelled, '7'] },
    }),
    update('number added to nothing', `sum ${spelled}`, 'ADD amount :n', { ':n': { N: spelled } }),
    put('number as key', { id: { N: spelled } }, 'number'),
  ]);
}

/** Arithmetic at the edges of what a number holds. */
function sums(): Operation[] {
  const cases: [string, string, string][] = [
    ['0.1', '+', '0.2'],
    ['1', '-', '1'],
    ['99999999999999999999999999999999999999', '+', '1'],
    ['1E125', '-', '1E125'],
    ['1E37', '+', '1E-1'],
    ['-5E-130', '+', '4E-130'],
    ['123456789012345678901234567890.12345678', '-', '0.00000001'],
  ];
  return cases.flatMap(([left, sign, right], i) => [
    put('arithmetic', { id: { S: `arithmetic ${i}` }, n: { N: left } }),
    update('arithmetic', `arithmetic ${i}`, `SET n = n ${sign} :n`, { ':n': { N: right } }),
  ]);
}

const nested = (levels: number): Wire => {
  let value: Wire = { S: 'inmost' };
  for (let level = 1; level < levels; level++) value = level % 2 ? { L: [value] } : { M: { k: value } };
  return value;
};

/** Values at the edges of what an item may hold. */
function edges(): Operation[] {
  const items: Record<string, Wire> = {
    'empty text and bytes': {
      text: { S: '' },
      bytes: { B: '' },
      texts: { SS: ['', 'a'] },
      list: { BS: ['', 'AA=='] },
    },
    'empty documents': { list: { L: [] }, map: { M: {} }, nested: { L: [{ M: {} }, { L: [] }] } },
    'null and booleans': { nothing: { NULL: true }, yes: { BOOL: true }, no: { BOOL: false } },
    'names of every kind': {
      A: { S: 'A' },
      a: { S: 'a' },
      ' ': { S: ' ' },
      'a.b[0]': { S: '' },
      '"#:': { S: '' },
      ü: { S: '' },
    },
    'a name that is __proto__': {
      ['__proto__']: { S: 'own' },
      constructor: { M: { ['__proto__']: { N: '1' } } },
    },
    'texts of every kind': {
      nul: { S: '\0' },
      astral: { S: '🦜' },
      separators: { S: '\u2028\u2029\ufeff' },
      lines: { S: '\r\n\t' },
    },
    'as deep as it goes': { deep: nested(32) },
    'sets in no order': {
      texts: { SS: ['b', 'a', 'C', 'é'] },
      numbers: { NS: ['10', '9', '-1'] },
      bytes: { BS: ['/w==', 'AA==', 'AAE='] },
    },
    'as large as it gets': {
      filler: { S: 'x'.repeat(409_600 - Buffer.byteLength('id' + 'as large as it gets' + 'filler')) },
    },
    'a long name': { ['n'.repeat(65_535)]: { S: '' } },
  };
  return Object.entries(items).flatMap(([about, attributes]) => [
    put(about, { id: { S: about }, ...attributes }),
    get(about, 'text', { id: { S: about } }),
  ]);
}

const FULL = {
  id: { S: 'unchanged' },
  n: { N: '1' },
  texts: { SS: ['a', 'b'] },
  numbers: { NS: ['1', '2'] },
  doc: { M: { list: { L: [{ N: '10' }, { S: '' }] } } },
};

/** Writes that leave the item as it is. */
function noWrites(): Operation[] {
  const about = 'writes that change nothing';
  return [
    put(about, FULL),
    put(about, FULL),
    put(about, { ...FULL, texts: { SS: ['b', 'a'] }, numbers: { NS: ['2', '1'] } }),
    put(about, { ...FULL, n: { N: '1.0' }, doc: { M: { list: { L: [{ N: '1E1' }, { S: '' }] } } } }),
    update(about, 'unchanged', 'SET n = :n', { ':n': { N: '1' } }),
    update(about, 'unchanged', 'SET n = n + :n', { ':n': { N: '0' } }),
    update(about, 'unchanged', 'ADD texts :a', { ':a': { SS: ['a'] } }),
    update(about, 'unchanged', 'DELETE texts :z', { ':z': { SS: ['z'] } }),
    update(about, 'unchanged', 'REMOVE nothing, doc.nothing'),
    { name: 'UpdateItem', about, input: { TableName: 'text', Key: { id: { S: 'unchanged' } } } },
    { name: 'DeleteItem', about, input: { TableName: 'text', Key: { id: { S: 'nobody' } } } },
    {
      name: 'TransactWriteItems',
      about,
      input: { TransactItems: [{ Put: { TableName: 'text', Item: FULL } }] },
    },
    { name: 'BatchWriteItem', about, input: { RequestItems: { text: [{ PutRequest: { Item: FULL } }] } } },
  ];
}

/** Writes that make or empty an item in an unusual way. */
function unusualWrites(): Operation[] {
  return [
    {
      name: 'UpdateItem',
      about: 'an update of nothing makes an item',
      input: { TableName: 'text', Key: { id: { S: 'made' } } },
    },
    update('an update that only removes makes an item', 'made by removing', 'REMOVE nothing'),
    put('the last attribute goes', { id: { S: 'emptied' }, a: { S: '' } }),
    update('the last attribute goes', 'emptied', 'REMOVE a'),
    put('the last member of a set goes', { id: { S: 'set' }, s: { SS: ['a'] } }),
    update('the last member of a set goes', 'set', 'DELETE s :a', { ':a': { SS: ['a'] } }),
    put('list elements', { id: { S: 'list' }, l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] } }),
    update('elements beyond a list’s end are appended', 'list', 'SET l[9] = :a, l[5] = :b', {
      ':a': { S: 'nine' },
      ':b': { S: 'five' },
    }),
    update('elements are removed by where they were', 'list', 'REMOVE l[0], l[1]'),
    update('all of an update sees the item as it was', 'list', 'SET x = l[0], l = :l', { ':l': { L: [] } }),
    put('a swap', { id: { S: 'swap' }, a: { S: 'a' }, b: { S: 'b' } }),
    update('a swap', 'swap', 'SET a = b, b = a'),
  ];
}

/** A transaction that is sent twice, and then another with its token. */
function tokens(): Operation[] {
  const request = (total: string): Operation => ({
    name: 'TransactWriteItems',
    about: 'a transaction’s token',
    input: {
      ClientRequestToken: 'once-and-only-once',
      TransactItems: [
        {
          Update: {
            TableName: 'text',
            Key: { id: { S: 'token' } },
            UpdateExpression: 'ADD amount :n',
            ExpressionAttributeValues: { ':n': { N: total } },
          },
        },
      ],
    },
  });
  return [request('1'), request('1'), request('2')];
}

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
    ...[true, false].map((ScanIndexForward): Operation => ({
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
    })),
  ]);
}

/** What is worth looking at whatever the seed. */
export const chosenOperations = (): Operation[] => [
  ...numberForms(),
  ...sums(),
  ...edges(),
  ...noWrites(),
  ...unusualWrites(),
  ...tokens(),
  ...sorted(),
];

/** Every item of every table, and how many there are. */
export const closingOperations = (tables: readonly string[]): Operation[] =>
  tables.flatMap((TableName) =>
    [{}, { Limit: 7 }, { Select: 'COUNT' }].map((more): Operation => ({
      name: 'Scan',
      about: 'the end',
      paged: true,
      input: { TableName, ...more },
    })),
  );
