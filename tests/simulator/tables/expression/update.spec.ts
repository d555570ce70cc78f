import assert from 'node:assert/strict';
import { Service, plain } from '../fixture';
import type { Wire } from '../fixture';

const nines = '9'.repeat(38);

/** The initial item of every case, without its key. */
const before = {
  n: { N: '10' },
  s: { S: 'text' },
  l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] },
  m: { M: { x: { N: '1' }, deep: { M: { l: { L: [{ M: { y: { S: 'y' } } }] } } } } },
  docs: { L: [{ S: 'a' }, { M: { x: { S: 'x' }, y: { S: 'y' } } }, { S: 'b' }] },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2'] },
  bs: { BS: ['AQ==', 'Ag=='] },
};

interface Case {
  expression: string;
  values?: Wire;
  names?: Wire;
  /** Attributes that differ afterwards; `undefined` for removed ones. */
  after?: Wire;
  /** Or the message of the ValidationException. */
  refused?: string;
}

const cases: Case[] = [
  // SET
  { expression: 'SET a = :v', values: { ':v': { N: '1.0' } }, after: { a: { N: '1' } } },
  {
    expression: 'set a=:v,#b = s',
    values: { ':v': { S: '' } },
    names: { '#b': 'b.b' },
    after: { a: { S: '' }, 'b.b': before.s },
  },
  { expression: 'SET a = n, n = :v', values: { ':v': { N: '2' } }, after: { a: { N: '10' }, n: { N: '2' } } },
  { expression: 'SET n = n + :v', values: { ':v': { N: '0.5' } }, after: { n: { N: '10.5' } } },
  { expression: 'SET n = :v - n', values: { ':v': { N: '0.5' } }, after: { n: { N: '-9.5' } } },
  { expression: 'SET n = (n + :v)', values: { ':v': { N: '-10' } }, after: { n: { N: '0' } } },
  { expression: 'SET n = if_not_exists(n, :v)', values: { ':v': { N: '1' } }, after: {} },
  {
    expression: 'SET c = if_not_exists(c, :z) + :v',
    values: { ':z': { N: '0' }, ':v': { N: '1' } },
    after: { c: { N: '1' } },
  },
  {
    expression: 'SET l = list_append(l, :v), k = list_append(:v, l)',
    values: { ':v': { L: [{ S: 'x' }] } },
    after: { l: { L: [...before.l.L, { S: 'x' }] }, k: { L: [{ S: 'x' }, ...before.l.L] } },
  },
  {
    expression: 'SET k = list_append(if_not_exists(k, :e), :v)',
    values: { ':e': { L: [] }, ':v': { L: [{ S: 'x' }] } },
    after: { k: { L: [{ S: 'x' }] } },
  },
  {
    expression: 'SET l[1] = :v',
    values: { ':v': { S: 'x' } },
    after: { l: { L: [{ N: '0' }, { S: 'x' }, { N: '2' }] } },
  },
  {
    expression: 'ADD l[9] :one, l[5] :two, l[7] :three',
    values: { ':one': { N: '91' }, ':two': { N: '92' }, ':three': { N: '93' } },
    after: { l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }, { N: '92' }, { N: '93' }, { N: '91' }] } },
  },
  {
    expression: 'SET l[9] = :x ADD l[5] :two',
    values: { ':x': { S: 'set' }, ':two': { N: '92' } },
    after: { l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }, { N: '92' }, { S: 'set' }] } },
  },
  {
    expression: 'SET l[9] = :a, l[5] = :b',
    values: { ':a': { S: 'a' }, ':b': { S: 'b' } },
    after: { l: { L: [...before.l.L, { S: 'b' }, { S: 'a' }] } },
  },
  {
    expression: 'SET m.x = :v, m.#new = m.x',
    values: { ':v': { S: 'x' } },
    names: { '#new': '__proto__' },
    after: {
      m: {
        M: JSON.parse(
          '{"x":{"S":"x"},"deep":{"M":{"l":{"L":[{"M":{"y":{"S":"y"}}}]}}},"__proto__":{"N":"1"}}',
        ) as Wire,
      },
    },
  },
  {
    expression: 'SET m.deep.l[0].y = :v REMOVE m.x',
    values: { ':v': { S: 'z' } },
    after: { m: { M: { deep: { M: { l: { L: [{ M: { y: { S: 'z' } } }] } } } } } },
  },
  {
    expression: 'SET a = m, m.x = :v',
    values: { ':v': { S: 'x' } },
    after: { a: before.m, m: { M: { ...before.m.M, x: { S: 'x' } } } },
  },
  // REMOVE
  { expression: 'REMOVE n, s', after: { n: undefined, s: undefined } },
  { expression: 'REMOVE nothing, l[7], m.nothing', after: {} },
  { expression: 'REMOVE l[0], l[2]', after: { l: { L: [{ N: '1' }] } } },
  {
    expression: 'REMOVE l[0] SET l[1] = :v, l[9] = :v',
    values: { ':v': { S: 'x' } },
    after: { l: { L: [{ S: 'x' }, { N: '2' }, { S: 'x' }] } },
  },
  {
    expression: 'REMOVE docs[0], docs[2], docs[1].x SET docs[3] = :v',
    values: { ':v': { S: 'new' } },
    after: { docs: { L: [{ M: { y: { S: 'y' } } }, { S: 'new' }] } },
  },
  // ADD
  {
    expression: 'ADD n :v, c :v',
    values: { ':v': { N: '-0.5' } },
    after: { n: { N: '9.5' }, c: { N: '-0.5' } },
  },
  {
    expression: 'ADD m.x :v',
    values: { ':v': { N: '1' } },
    after: { m: { M: { ...before.m.M, x: { N: '2' } } } },
  },
  {
    expression: 'ADD ss :v, t :v',
    values: { ':v': { SS: ['c', 'A', 'a'] } },
    after: { ss: { SS: ['A', 'a', 'b', 'c'] }, t: { SS: ['A', 'a', 'c'] } },
  },
  {
    expression: 'ADD ns :v',
    values: { ':v': { NS: ['1.0', '-3', '10'] } },
    after: { ns: { NS: ['-3', '1', '2', '10'] } },
  },
  {
    expression: 'ADD bs :v',
    values: { ':v': { BS: ['AA=='] } },
    after: { bs: { BS: ['AA==', 'AQ==', 'Ag=='] } },
  },
  // DELETE
  { expression: 'DELETE ss :v', values: { ':v': { SS: ['b', 'z'] } }, after: { ss: { SS: ['a'] } } },
  { expression: 'DELETE ns :v', values: { ':v': { NS: ['2.0', '1'] } }, after: { ns: undefined } },
  {
    expression: 'DELETE bs :v, nothing :v',
    values: { ':v': { BS: ['AQ=='] } },
    after: { bs: { BS: ['Ag=='] } },
  },
  // Invalid operands
  {
    expression: 'SET a = nothing',
    refused: 'The provided expression refers to an attribute that does not exist in the item',
  },
  {
    expression: 'SET a = l[3]',
    refused: 'The provided expression refers to an attribute that does not exist in the item',
  },
  {
    expression: 'SET a = s + :v',
    values: { ':v': { N: '1' } },
    refused: 'An operand in the update expression has an incorrect data type',
  },
  {
    expression: 'SET a = list_append(s, l)',
    refused: 'An operand in the update expression has an incorrect data type',
  },
  {
    expression: 'ADD s :v',
    values: { ':v': { N: '1' } },
    refused: 'An operand in the update expression has an incorrect data type',
  },
  {
    expression: 'ADD ns :v',
    values: { ':v': { SS: ['1'] } },
    refused: 'An operand in the update expression has an incorrect data type',
  },
  {
    expression: 'DELETE ns :v',
    values: { ':v': { SS: ['1'] } },
    refused: 'An operand in the update expression has an incorrect data type',
  },
  {
    expression: 'SET n = n + :v',
    values: { ':v': { N: '1E-40' } },
    refused: 'Number overflow. Attempting to store a number with magnitude larger than supported range',
  },
  {
    expression: 'ADD n :v',
    values: { ':v': { N: `${nines}E88` } },
    refused: 'Number overflow. Attempting to store a number with magnitude larger than supported range',
  },
  {
    expression: 'SET n = :v + :v',
    values: { ':v': { N: `${nines}E88` } },
    refused: 'Number overflow. Attempting to store a number with magnitude larger than supported range',
  },
  // Missing paths
  ...[
    'SET nothing.a = :v',
    'SET s.a = :v',
    'SET s[0] = :v',
    'SET m[0] = :v',
    'SET l.a = :v',
    'SET l[7].a = :v',
    'ADD nothing.a :v',
  ].map((expression) => ({
    expression,
    values: { ':v': { N: '1' } },
    refused: 'The document path provided in the update expression is invalid for update',
  })),
  {
    expression: 'REMOVE nothing.a',
    refused: 'The document path provided in the update expression is invalid for update',
  },
];

describe('simulator: update expressions', () => {
  for (const { expression, values, names, after, refused } of cases) {
    it(`${refused ? 'rejects' : 'executes'} ${expression.slice(0, 60) || 'an update without expression'}`, () => {
      const service = new Service();
      service.put({ id: { S: 'a' }, ...before });
      const old = service.changes[0]?.newImage;
      const request = {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        UpdateExpression: expression,
        ...(values ? { ExpressionAttributeValues: values } : {}),
        ...(names ? { ExpressionAttributeNames: names } : {}),
      };
      if (refused) {
        assert.equal(service.refusal('UpdateItem', request), `ValidationException: ${refused}`);
        assert.equal(service.changes.length, 1);
      } else {
        service.call('UpdateItem', request);
        assert.deepEqual(service.get('a'), plain({ id: { S: 'a' }, ...before, ...after }));
        assert.equal(service.changes.length, Object.keys(after ?? {}).length === 0 ? 1 : 2);
      }
      assert.deepEqual(plain(old), { id: { S: 'a' }, ...before }, 'the old image stays as it was');
    });
  }

  it('cannot nest a document deeper than 32 levels', () => {
    const service = new Service();
    const nested = (maps: number): Wire => (maps === 0 ? { S: 'x' } : { M: { m: nested(maps - 1) } });
    service.put({ id: { S: 'a' }, v: nested(20) });
    const path = `v${'.m'.repeat(20)}`;
    service.update(`SET ${path} = :v`, { ':v': nested(11) });
    assert.equal(
      service.refusal('UpdateItem', {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        UpdateExpression: `SET ${path} = :v`,
        ExpressionAttributeValues: { ':v': nested(12) },
      }),
      'ValidationException: Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
  });

  it('needs no expression to create an item with only its key', () => {
    const service = new Service();
    service.call('UpdateItem', { TableName: 'items', Key: { id: { S: 'a' } } });
    assert.deepEqual(service.get('a'), { id: { S: 'a' } });
    assert.equal(
      service.refusal('UpdateItem', {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        ExpressionAttributeValues: { ':v': { S: 'x' } },
      }),
      'ValidationException: ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null',
    );
  });

  it('creates no item if it only removes, with any path', () => {
    const service = new Service();
    for (const expression of ['REMOVE a', 'REMOVE a.b, c[0]', 'DELETE a :set', 'DELETE a :set REMOVE b']) {
      const request = {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        UpdateExpression: expression,
        ...(expression.includes(':set') ? { ExpressionAttributeValues: { ':set': { SS: ['x'] } } } : {}),
        ReturnValues: 'ALL_NEW',
      };
      assert.deepEqual(service.call('UpdateItem', request), {}, expression);
      assert.equal(service.get('a'), undefined, expression);
    }
    assert.equal(service.changes.length, 0);
    service.update('SET a = :v REMOVE b.c', { ':v': { S: 'x' } });
    assert.deepEqual(service.get('a'), { id: { S: 'a' }, a: { S: 'x' } });
  });

  const returned: [string, object | undefined][] = [
    ['NONE', undefined],
    ['ALL_OLD', { id: { S: 'a' }, ...before }],
    [
      'ALL_NEW',
      {
        id: { S: 'a' },
        ...before,
        n: { N: '11' },
        l: { L: [{ N: '0' }, { N: '7' }, { N: '2' }] },
        new: { S: 'x' },
        s: undefined,
      },
    ],
    ['UPDATED_OLD', { n: { N: '10' }, l: { L: [{ N: '1' }] }, s: { S: 'text' } }],
    ['UPDATED_NEW', { n: { N: '11' }, l: { L: [{ N: '7' }] }, new: { S: 'x' } }],
  ];
  for (const [ReturnValues, Attributes] of returned) {
    it(`returns ${ReturnValues}`, () => {
      const service = new Service();
      service.put({ id: { S: 'a' }, ...before });
      const answer = service.call('UpdateItem', {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        UpdateExpression: 'ADD n :one SET l[1] = :seven, #new = :x REMOVE s',
        ExpressionAttributeNames: { '#new': 'new' },
        ExpressionAttributeValues: { ':one': { N: '1' }, ':seven': { N: '7' }, ':x': { S: 'x' } },
        ReturnValues,
      });
      assert.deepEqual(answer, plain({ Attributes }));
    });
  }

  it('returns no attributes if there are none', () => {
    const service = new Service();
    const update = (ReturnValues: string): unknown =>
      service.call('UpdateItem', {
        TableName: 'items',
        Key: { id: { S: ReturnValues } },
        UpdateExpression: 'REMOVE a',
        ReturnValues,
      });
    assert.deepEqual(update('ALL_OLD'), {});
    assert.deepEqual(update('UPDATED_OLD'), {});
    assert.deepEqual(update('UPDATED_NEW'), {});
  });
});
