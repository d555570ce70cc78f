import assert from 'node:assert/strict';
import { Service } from './fixture';

const notValid = (kind: string, key: string): string =>
  `ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${key}`;
const MISMATCH = 'ValidationException: The provided key element does not match the schema';

describe('simulator: keys', () => {
  for (const [one, same] of [
    ['1', '1.0'],
    ['0', '-0'],
    ['100', '1E2'],
    ['0.5', '.50'],
  ]) {
    it(`finds the item of key ${one} by ${same}`, () => {
      const service = new Service({ id: 'N' });
      service.put({ id: { N: one }, v: { S: 'first' } });
      service.put({ id: { N: same }, v: { S: 'second' } });
      assert.equal(service.tables.get('items')?.itemCount, 1);
      const { Item } = service.call('GetItem', { TableName: 'items', Key: { id: { N: one } } });
      assert.deepEqual(Item, { id: { N: one }, v: { S: 'second' } });
    });
  }

  it('distinguishes composite keys whose concatenated parts are equal', () => {
    const service = new Service();
    const keys = [
      ['a', 'b:c'],
      ['a:b', 'c'],
      ['1:a', 'b'],
      ['1', ':ab'],
      ['ab', 'c'],
      ['a', 'bc'],
    ];
    for (const [order, line] of keys) {
      service.call('PutItem', { TableName: 'lines', Item: { order: { S: order }, line: { S: line } } });
    }
    assert.equal(service.tables.get('lines')?.itemCount, keys.length);
  });

  it('accepts at most 2048 bytes for a partition key and 1024 for a sort key', () => {
    const service = new Service();
    const put = (order: string, line: string): string =>
      service.refusal('PutItem', { TableName: 'lines', Item: { order: { S: order }, line: { S: line } } });
    assert.equal(put('é'.repeat(1024), 'é'.repeat(512)), 'no error');
    assert.equal(
      put('é'.repeat(1024) + 'x', 'l'),
      'ValidationException: One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    );
    assert.equal(
      put('o', 'é'.repeat(512) + 'x'),
      'ValidationException: One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    );
  });

  it('rejects empty keys', () => {
    const service = new Service({ line: 'B' });
    const put = (order: string, line: string): string =>
      service.refusal('PutItem', { TableName: 'lines', Item: { order: { S: order }, line: { B: line } } });
    assert.equal(put('', 'AA=='), notValid('string', 'order'));
    assert.equal(put('o', ''), notValid('binary', 'line'));
  });

  it('rejects an item without its key or with another type', () => {
    const service = new Service();
    const put = (Item: object): string => service.refusal('PutItem', { TableName: 'lines', Item });
    assert.equal(
      put({ order: { S: 'o' } }),
      'ValidationException: One or more parameter values were invalid: Missing the key line in the item',
    );
    assert.equal(
      put({ order: { N: '1' }, line: { S: 'l' } }),
      'ValidationException: One or more parameter values were invalid: Type mismatch for key order expected: S actual: N',
    );
  });

  for (const operation of ['GetItem', 'DeleteItem', 'UpdateItem']) {
    it(`rejects a key with other attributes in ${operation}`, () => {
      const service = new Service();
      for (const Key of [
        {},
        { order: { S: 'o' } },
        { order: { S: 'o' }, line: { N: '1' } },
        { order: { S: 'o' }, line: { S: 'l' }, more: { S: 'm' } },
        { order: { S: 'o' }, lines: { S: 'l' } },
      ]) {
        assert.equal(service.refusal(operation, { TableName: 'lines', Key }), MISMATCH);
      }
    });
  }
});
