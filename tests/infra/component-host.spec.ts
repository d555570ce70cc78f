import assert from 'node:assert/strict';
import { ComponentHost } from '../../infra/component-host';
import { UnknownComponent } from '../../infra/errors';
import * as exported from '../../infra/index';
import schema from '../../infra/schema.json';

describe('the host of the components for other languages', () => {
  it('has a class for each component of the schema', () => {
    for (const type of Object.keys(schema.resources))
      assert.equal(typeof exported[type.split(':').at(-1) as keyof typeof exported], 'function', type);
  });

  it('creates a component with the inputs and options that it is given, and returns the outputs of the schema', async () => {
    const given: unknown[] = [];
    class Bucket {
      readonly urn = 'urn:pulumi:dev::shop::dynamodb-replicator:index:Bucket::exports';
      readonly arn = 'arn';
      readonly internal = 'not an output';
      constructor(...args: readonly unknown[]) {
        given.push(...args);
      }
    }
    const resources = { 'dynamodb-replicator:index:Bucket': { properties: { arn: {}, keyArn: {} } } };
    const host = new ComponentHost({ version: '1.2.3', resources }, { Bucket });
    const options = { protect: true };
    const { urn, state } = await host.construct(
      'exports',
      'dynamodb-replicator:index:Bucket',
      { a: 1 },
      options,
    );
    assert.deepEqual(given, ['exports', { a: 1 }, options]);
    assert.match(urn as string, /::exports$/);
    assert.deepEqual(state, { arn: 'arn', keyArn: undefined });
    assert.equal(host.version, '1.2.3');
    assert.deepEqual(JSON.parse(host.schema), { version: '1.2.3', resources });
  });

  it('refuses a component that the schema does not have, and lists those it has', async () => {
    const host = new ComponentHost(schema, exported);
    await assert.rejects(host.construct('a', 'dynamodb-replicator:index:Table', {}, {}), (error) => {
      assert.ok(error instanceof UnknownComponent);
      assert.match(
        error.message,
        /has no component dynamodb-replicator:index:Table\. It has .*:ExportBucket,/,
      );
      return true;
    });
  });
});
