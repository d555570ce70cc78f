import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDestinationSettings, settingsOf } from '../../../runtime/config';
import { objectUnknown } from '../../../runtime/aws/advice';
import {
  ColumnTypeChanged,
  DestinationTableMissing,
  KeyMissing,
  RecordsMissing,
} from '../../../runtime/destinations/errors';
import { reload, ReplicatorError, withResync } from '../../../runtime/errors';
import { DataFileCorrupt, ManifestRefused } from '../../../runtime/export/errors';
import { ShardsMissing } from '../../../runtime/pipeline/checkpoint';
import { VerifyFailed } from '../../../runtime/pipeline/requests';
import { completeResync, resyncCommand } from '../../../runtime/pipeline/resync-command';
import { Gap } from '../../../runtime/stream/gap';
import { ShardStateUnreadable } from '../../../runtime/stream/shard-state';

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

  const settings = settingsOf({ tables: ['orders', 'my.orders-2'], bucket: 'my-exports', to: 'shop.duckdb' });
  const flags = '--bucket my-exports --to shop.duckdb';

  for (const [kind, error] of Object.entries({
    'a dropped table': new DestinationTableMissing('main.orders', 'orders'),
    'a missing key': new KeyMissing('orders', 'CREATE UNIQUE INDEX …;', 'orders'),
    'missing records': new RecordsMissing('_replicator.columns', 'orders', 'orders'),
    'an altered column': new ColumnTypeChanged('orders', 'id', {
      made: 'text',
      found: 'integer',
      putBack: 'ALTER …;',
      source: 'orders',
    }),
    'a refused manifest': new ManifestRefused('s3://b/k', 'is empty'),
    'a damaged file': new DataFileCorrupt('s3://b/k', 'MD5', 'a', 'b'),
    'a missing object': new Error(
      objectUnknown({
        operation: 'GetObject',
        context: { region: 'eu-west-1', bucket: 'b', key: 'k' },
        code: 'NoSuchKey',
        message: '',
      }),
    ),
    'missing shards': new ShardsMissing('123456789012/eu-west-1/orders'),
    'an unreadable shard': new ShardStateUnreadable('shardId-1', '{}'),
    'a gap': new Gap('trimmed', 0, 1),
  }))
    it(`is complete in the message about ${kind}`, () => {
      const wrapped = error instanceof ReplicatorError ? error : new VerifyFailed(error);
      const [table] = settings.tables;
      const { message } = completeResync(wrapped, { settings, table: table! }) as Error;
      const command = `dynamodb-replicator resync --table orders ${flags}`;
      assert.ok(message.includes(command), message);
      assert.equal(message.split('dynamodb-replicator resync').length, 2, message);
      const again = completeResync(wrapped, { settings, table: table! }) as Error;
      assert.equal(again.message, message);
    });

  it('keeps each table of a text, whatever its name', () => {
    const complete = (text: string) => withResync(text, (table) => resyncCommand(table, settings));
    for (const name of ['orders', 'my.orders-2', 'a_b', '3.x'])
      assert.equal(complete(`${reload(name)}. Then go on.`), `${reload(name)} ${flags}. Then go on.`);
  });

  it('is written in one way everywhere', () => {
    const root = join(__dirname, '../../../runtime');
    const written = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /dynamodb-replicator resync\b/.test(readFileSync(join(root, file), 'utf8')));
    // The verb has an example, and a line for its own description.
    assert.deepEqual(written.sort(), ['errors.ts', 'pipeline/resync-command.ts', 'verbs/resync.ts']);
  });
});
