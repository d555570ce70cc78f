import type { Operation, Wire } from '../../../operation';
import { CHOSEN_TABLE } from '../tables';
import { put, transaction, update, updateOf } from './requests';

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
    { name: 'UpdateItem', about, input: { TableName: CHOSEN_TABLE.name, Key: { id: { S: 'unchanged' } } } },
    { name: 'DeleteItem', about, input: { TableName: CHOSEN_TABLE.name, Key: { id: { S: 'nobody' } } } },
    transaction(about, { Put: { TableName: CHOSEN_TABLE.name, Item: FULL } }),
    {
      name: 'BatchWriteItem',
      about,
      input: { RequestItems: { [CHOSEN_TABLE.name]: [{ PutRequest: { Item: FULL } }] } },
    },
  ];
}

/** Writes that make or empty an item in an unusual way. */
function unusualWrites(): Operation[] {
  return [
    {
      name: 'UpdateItem',
      about: 'an update of nothing makes an item',
      input: { TableName: CHOSEN_TABLE.name, Key: { id: { S: 'made' } } },
    },
    ...['REMOVE a', 'REMOVE a.b', 'REMOVE a[0]'].map((expression) =>
      update('an update that only takes away makes no item', 'never made', expression),
    ),
    update('an update that only takes away makes no item', 'never made', 'DELETE a :a', {
      ':a': { SS: ['a'] },
    }),
    update('an update that takes away and sets makes an item', 'made too', 'SET a = :a REMOVE b, c.d', {
      ':a': { S: '' },
    }),
    put('NULL is no map', { id: { S: 'null' }, doc: { NULL: true }, words: { S: 'text' } }),
    update('NULL is no map', 'null', 'SET doc.a = :a', { ':a': { S: '' } }),
    transaction('NULL is no map', { Update: updateOf('null', 'SET doc.a = :a', { ':a': { S: '' } }) }),
    transaction('what does not fit the item', {
      Update: updateOf('null', 'ADD words :n', { ':n': { N: '1' } }),
    }),
    transaction('a path that leads nowhere', { Update: updateOf('null', 'REMOVE nowhere.a') }),
    update('what does not fit the item', 'null', 'REMOVE doc ADD words :n', { ':n': { N: '1' } }),
    update('a path that leads nowhere', 'null', 'REMOVE nowhere.a'),
    update('a path that leads nowhere', 'null', 'SET nowhere.a = :a', { ':a': { S: '' } }),
    update('a path that leads nowhere', 'null', 'SET words = list_append(nowhere, :l)', { ':l': { L: [] } }),
    update('a path that leads nowhere', 'null', 'SET words = list_append(:l, nowhere)', { ':l': { L: [] } }),
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

/** What an update tells of the item before and after it. */
function returned(): Operation[] {
  const about = 'returned values';
  const list = {
    id: { S: 'returned' },
    l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] },
    m: { M: { a: { N: '0' }, z: { NULL: true } } },
  };
  const A = { ':a': { S: 'a' } };
  const each = (expression: string, values?: Wire): Operation[] =>
    ['ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'].flatMap((which) => [
      put(about, list),
      update(about, 'returned', expression, values, which),
    ]);
  return [
    ...each('SET l[1] = :a, m.a = :a', A),
    ...each('SET l[9] = :a', A),
    ...each('REMOVE l[0], m.b'),
    ...each('SET new = :a REMOVE l', A),
    ...['ALL_OLD', 'UPDATED_OLD', 'UPDATED_NEW'].map((which) =>
      update(about, `made for ${which}`, 'SET a = :a', A, which),
    ),
  ];
}

/** A transaction that is sent twice, and then another with its token. */
function tokens(): Operation[] {
  const request = (amount: string): Operation => ({
    name: 'TransactWriteItems',
    about: 'a transaction’s token',
    input: {
      ClientRequestToken: 'once-and-only-once',
      TransactItems: [{ Update: updateOf('token', 'ADD amount :n', { ':n': { N: amount } }) }],
    },
  });
  return [request('1'), request('1'), request('2')];
}

export const chosenWrites = (): Operation[] => [
  ...noWrites(),
  ...unusualWrites(),
  ...returned(),
  ...tokens(),
];
