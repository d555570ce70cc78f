import assert from 'node:assert/strict';
import { readDestinationSettings, settingsOf } from '../../../runtime/config';
import { resyncCommand } from '../../../runtime/pipeline/resync-command';

describe('the command that reloads a table', () => {
  it('has the settings in use', () => {
    const settings = settingsOf({
      tables: ['orders', 'customers'],
      bucket: 'my-exports/replicator',
      to: 'my shop.duckdb',
      region: 'eu-west-1',
      profile: 'shop',
      endpoint: 'http://127.0.0.1:4000',
    });
    assert.equal(
      resyncCommand('orders', settings),
      `dynamodb-replicator resync --table orders --bucket my-exports/replicator --to 'my shop.duckdb' ` +
        `--region eu-west-1 --profile shop --endpoint http://127.0.0.1:4000`,
    );
  });

  it('leaves a setting that is not known to you', () => {
    const settings = readDestinationSettings({ flags: { '--to': 'shop.duckdb' }, environment: {} });
    assert.equal(
      resyncCommand('orders', settings),
      'dynamodb-replicator resync --table orders --bucket … --to shop.duckdb',
    );
  });

  for (const to of ['postgres://me:secret@db.internal/shop', 'postgres://me:sec@ret@db.internal/shop']) {
    it(`never has a password: ${to}`, () => {
      const settings = settingsOf({ tables: ['orders'], bucket: 'my-exports', to });
      const command = resyncCommand('orders', settings);
      assert.ok(!/sec|ret@/.test(command), command);
      assert.match(command, /postgres:\/\/me@db\.internal\/shop/);
    });
  }
});
