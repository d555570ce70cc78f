import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  bucketName,
  logGroupName,
  NAME_LIMITS,
  nameInLogGroup,
  type NameKind,
  namePrefix,
  physicalName,
} from '../../../infra/plan/names';

const kinds = Object.keys(NAME_LIMITS) as NameKind[];

describe('physical names', () => {
  it('are the joined parts if they fit', () => {
    assert.equal(physicalName('role', 'orders', 'dev', 'task'), 'orders-dev-task');
    assert.equal(
      physicalName('logGroup', '/dynamodb-replicator/orders', 'dev'),
      '/dynamodb-replicator/orders-dev',
    );
  });

  it('are cut and end in a digest if too long, so that two with the same beginning stay distinct', () => {
    const long = 'a-very-long-name-of-a-replicator-that-somebody-chose-in-the-morning';
    const [one, other] = [physicalName('role', long, 'task'), physicalName('role', long, 'execution')];
    assert.match(one, /^a-very-long-name-of-a-replicator-that-somebody-chose-in-[0-9a-f]{8}$/);
    assert.ok(one.length <= NAME_LIMITS.role);
    assert.notEqual(one, other);
  });

  it('keep names with replaced characters distinct', () => {
    assert.match(physicalName('role', 'a.b'), /^a-b-[0-9a-f]{8}$/);
    assert.notEqual(physicalName('role', 'a.b'), physicalName('role', 'a-b'));
    assert.match(physicalName('bucket', 'Orders'), /^orders-[0-9a-f]{8}$/);
  });

  it('are within the limit, deterministic, and distinct for different parts', () => {
    const part = fc.string({ minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), part, part, (kind, one, other) => {
        const name = physicalName(kind, one, 'x');
        assert.ok(name.length <= NAME_LIMITS[kind]);
        assert.equal(name, physicalName(kind, one, 'x'));
        if (one !== other) assert.notEqual(name, physicalName(kind, other, 'x'));
      }),
    );
  });

  it('of a bucket always end in the whole account and region', () => {
    assert.equal(
      bucketName('orders-dev', '123456789012', 'eu-west-1'),
      'orders-dev-exports-123456789012-eu-west-1',
    );
    const long = bucketName('x'.repeat(60), '123456789012', 'ap-southeast-2');
    assert.match(long, /-123456789012-ap-southeast-2$/);
    assert.ok(long.length <= 63);
    assert.notEqual(long, bucketName('x'.repeat(61), '123456789012', 'ap-southeast-2'));
  });

  it('begin with project, stack and component, without a component that repeats the project', () => {
    assert.equal(namePrefix('shop', 'dev', 'orders'), 'shop-dev-orders');
    assert.equal(namePrefix('orders', 'dev', 'orders'), 'orders-dev');
    assert.equal(namePrefix('shop-orders', 'dev', 'orders'), 'shop-orders-dev');
    assert.equal(namePrefix('shop-orders', 'dev', 'shop-orders'), 'shop-orders-dev-shop-orders');
  });

  it('differ between projects, between stacks, and between components of one stack', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const owner = fc.tuple(word, word, word);
    fc.assert(
      fc.property(owner, owner, (one, other) => {
        fc.pre(one.join() !== other.join());
        assert.notEqual(namePrefix(...one), namePrefix(...other));
      }),
    );
  });

  it('of a log group contain the name of the replicator, unless somebody chose the group', () => {
    assert.equal(logGroupName('orders-dev'), '/dynamodb-replicator/orders-dev');
    assert.equal(nameInLogGroup('/dynamodb-replicator/orders-dev'), 'orders-dev');
    assert.equal(nameInLogGroup('/shop/orders'), undefined);
  });
});
