import assert from 'node:assert/strict';
import schema from '../../infra/schema.json';
import { schemaOfPlugin } from '../infra/plugin-host';
import { ROOT } from './engine';

describe('the package, as Pulumi runs it for another language', () => {
  it('is hosted from the built repository, in any folder of its user, with the committed schema', async () => {
    assert.deepEqual(await schemaOfPlugin(ROOT), JSON.parse(JSON.stringify(schema)));
  });
});
