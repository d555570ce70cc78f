import assert from 'node:assert/strict';
import { Service, table } from '../fixture';
import type { Wire } from '../fixture';

const ResourceArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/tagged';
const tag = (Key: string, Value: string): Wire => ({ Key, Value });

function tagged(...Tags: Wire[]): Service {
  const service = new Service();
  service.call('CreateTable', { ...table('tagged', [['id', 'S']]), Tags });
  return service;
}

const tagsOf = (service: Service): unknown => service.call('ListTagsOfResource', { ResourceArn }).Tags;

describe('simulator: tags', () => {
  it('can be set at creation, added, replaced and removed', () => {
    const service = tagged(tag('team', 'shop'), tag('cost', ''));
    assert.deepEqual(tagsOf(service), [tag('team', 'shop'), tag('cost', '')]);
    service.call('TagResource', { ResourceArn, Tags: [tag('team', 'store'), tag('ü/é', 'a b')] });
    service.call('UntagResource', { ResourceArn, TagKeys: ['cost', 'nothing'] });
    assert.deepEqual(tagsOf(service), [tag('team', 'store'), tag('ü/é', 'a b')]);
  });

  const many = Array.from({ length: 51 }, (_, i) => tag(`k${i}`, 'v'));
  const refused: [string, string, Wire, RegExp][] = [
    [
      'no table',
      'TagResource',
      { ResourceArn: `${ResourceArn}9`, Tags: [tag('a', 'b')] },
      /^ResourceNotFoundException/,
    ],
    [
      'no ARN',
      'ListTagsOfResource',
      { ResourceArn: 'tagged' },
      /^ValidationException: Invalid ResourceArn: ARNs must start with 'arn:'/,
    ],
    [
      'an index',
      'ListTagsOfResource',
      { ResourceArn: `${ResourceArn}/index/i` },
      /Invalid ResourceArn provided/,
    ],
    ['no tags', 'TagResource', { ResourceArn }, /at 'tags' failed/],
    ['an empty key', 'TagResource', { ResourceArn, Tags: [tag('', 'b')] }, /at 'key' failed/],
    ['a long value', 'TagResource', { ResourceArn, Tags: [tag('a', 'b'.repeat(257))] }, /at 'value' failed/],
    ['an invalid character', 'TagResource', { ResourceArn, Tags: [tag('a', 'b!')] }, /at 'value' failed/],
    ['a reserved key', 'TagResource', { ResourceArn, Tags: [tag('aws:a', 'b')] }, /reserved$/],
    ['too many', 'TagResource', { ResourceArn, Tags: many }, /at most 50 tags/],
  ];
  for (const [name, operation, input, message] of refused) {
    it(`are rejected: ${name}`, () => {
      const service = tagged(tag('team', 'shop'));
      assert.match(service.refusal(operation, input), message);
      assert.deepEqual(tagsOf(service), [tag('team', 'shop')]);
    });
  }
});
