import assert from 'node:assert/strict';
import { Service } from '../fixture';
import type { Wire } from '../fixture';

const item = {
  id: { S: 'a' },
  n: { N: '1' },
  l: { L: [{ N: '0' }, { M: { x: { S: 'x' }, y: { S: 'y' } } }, { N: '2' }] },
  m: { M: { x: { S: 'x' }, deep: { M: { y: { S: 'y' } } } } },
};

const cases: { projection: string; names?: Wire; shows?: Wire; refused?: string }[] = [
  { projection: 'id', shows: { id: { S: 'a' } } },
  { projection: 'n, gone, m.gone, l[9], s.x', shows: { n: { N: '1' } } },
  { projection: 'm.deep.y, m.x', shows: { m: item.m } },
  { projection: 'm.deep', shows: { m: { M: { deep: item.m.M.deep } } } },
  { projection: 'l[2], l[0]', shows: { l: { L: [{ N: '0' }, { N: '2' }] } } },
  { projection: 'l[1].#y', names: { '#y': 'y' }, shows: { l: { L: [{ M: { y: { S: 'y' } } }] } } },
  {
    projection: 'm, m.x',
    refused:
      'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]',
  },
  { projection: 'n,', refused: 'Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","' },
  { projection: 'n m', refused: 'Invalid ProjectionExpression: Syntax error; token: "m", near: "n m"' },
  {
    projection: 'n',
    names: { '#y': 'y' },
    refused: 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#y}',
  },
];

describe('simulator: projection expressions', () => {
  for (const { projection, names, shows, refused } of cases) {
    it(`${refused ? 'rejects' : 'shows'} ${projection}`, () => {
      const service = new Service();
      service.put(item);
      const request = {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        ProjectionExpression: projection,
        ...(names ? { ExpressionAttributeNames: names } : {}),
      };
      if (refused) assert.equal(service.refusal('GetItem', request), `ValidationException: ${refused}`);
      else assert.deepEqual(service.call('GetItem', request), { Item: shows });
    });
  }
});
