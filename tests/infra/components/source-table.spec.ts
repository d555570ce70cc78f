import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import {
  OnDestroy,
  SourceTable,
  type SourceTableArgs,
  StreamViewType,
  TableManagement,
} from '../../../infra';
import { type FoundTable, READY } from '../../../review/offline-aws';
import { programTable } from '../program-table';
import { isKnown, record, type Recording, secretIn, valueOf } from '../record';

const make = (args: Partial<SourceTableArgs> = {}) => new SourceTable('orders', { name: 'orders', ...args });

const withTable = (table: Partial<FoundTable>): Recording => ({
  world: { tables: { orders: { ...READY, ...table } } },
});

const HEAD = 'aws dynamodb update-table --table-name orders --stream-specification';
const HERE = ' --region eu-west-1';
const RECOVERY =
  'aws dynamodb update-continuous-backups --table-name orders --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true --region eu-west-1';
const MANAGED_ELSEWHERE = [
  'To fix it, set this where the table is managed:',
  '  Pulumi:    streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES", pointInTimeRecovery: { enabled: true }',
  '  Terraform: stream_enabled = true, stream_view_type = "NEW_AND_OLD_IMAGES", point_in_time_recovery { enabled = true }',
  'or run:',
].join('\n');
const ENABLE = 'or set management: Enable, and this stack turns on what is off.';

describe('SourceTable', () => {
  describe('that others manage', () => {
    it('is checked and not changed', async () => {
      const { result, resources } = await record(() => make());
      assert.deepEqual(
        resources.map(({ type }) => type),
        ['dynamodb-replicator:index:SourceTable'],
      );
      assert.equal(await valueOf(result.tableName), 'orders');
      assert.equal(await valueOf(result.arn), 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders');
      assert.match(await valueOf(result.streamArn), /table\/orders\/stream\//);
    });

    const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const keys: readonly (readonly [string, string | undefined, string | undefined, string])[] = [
      ['none without encryption of its own', undefined, undefined, ''],
      ['the customer’s of its description', KEY, undefined, KEY],
      ['none for AWS’s key', 'arn:aws:kms:eu-west-1:123456789012:key/of-aws', undefined, ''],
      ['that of its description, not of the arguments', KEY, `${KEY}2`, KEY],
      ['that of the arguments, which the table may get', undefined, KEY, KEY],
    ];
    for (const [what, kmsKeyArn, given, expected] of keys) {
      it(`has as key ${what}`, async () => {
        const args = given === undefined ? {} : { kmsKeyArn: given };
        const managements = [TableManagement.Verify, TableManagement.Enable];
        for (const management of managements) {
          const { result } = await record(
            () => make({ ...args, management }),
            withTable(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
          );
          assert.equal(await valueOf(result.kmsKeyArn), expected);
        }
      });
    }

    it('has the key of the arguments if it belongs to another account', async () => {
      const { result } = await record(() => make({ accountId: '210987654321', kmsKeyArn: KEY }));
      assert.equal(await valueOf(result.kmsKeyArn), KEY);
    });

    it('may have a stream with new images only', async () => {
      await record(() => make(), withTable({ streamViewType: 'NEW_IMAGE' }));
    });

    it('is refused without a stream, with the fix', async () => {
      await assert.rejects(
        record(() => make(), withTable({ streamEnabled: false, streamViewType: '' })),
        {
          name: 'UnsuitableResource',
          message: `table orders: its stream is off. ${MANAGED_ELSEWHERE}\n  ${HEAD} StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES${HERE}\n${ENABLE}`,
        },
      );
    });

    it('is refused in a preview too', async () => {
      await assert.rejects(
        record(() => make(), { ...withTable({ streamEnabled: false }), preview: true }),
        {
          name: 'UnsuitableResource',
        },
      );
    });

    for (const streamViewType of ['KEYS_ONLY', 'OLD_IMAGE']) {
      it(`is refused with a stream of ${streamViewType}`, async () => {
        await assert.rejects(
          record(() => make(), withTable({ streamViewType })),
          {
            message:
              `table orders: its stream has the view type ${streamViewType}, whose records lack the item after the change; changing it takes a ` +
              `new stream, and other readers of the present stream have to move to that one. ${MANAGED_ELSEWHERE}\n  ${HEAD} StreamEnabled=false${HERE}\n  ` +
              `${HEAD} StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES${HERE}\n${ENABLE}`,
          },
        );
      });
    }

    it('is refused without point-in-time recovery', async () => {
      await assert.rejects(
        record(() => make(), withTable({ recovery: false })),
        {
          message: `table orders: its point-in-time recovery is off, but the backfill needs an export from it. ${MANAGED_ELSEWHERE}\n  ${RECOVERY}\n${ENABLE}`,
        },
      );
    });

    it('is reported with everything that is off at once', async () => {
      await assert.rejects(
        record(() => make(), withTable({ streamEnabled: false, recovery: false })),
        {
          message: /its stream is off; its point-in-time recovery is off/,
        },
      );
    });

    it('is reported with the region and what to check if it does not exist', async () => {
      await assert.rejects(
        record(() => make({ name: 'ordres' })),
        {
          message:
            "table ordres: it cannot be read in region eu-west-1 (reading DynamoDB Table (ordres): couldn't find resource). " +
            'Check the table’s name and the region (pulumi config set aws:region REGION); aws dynamodb list-tables --region eu-west-1 lists the tables',
        },
      );
    });

    it('is not checked if it belongs to another account', async () => {
      const { result } = await record(() => make({ name: 'theirs', accountId: '210987654321' }));
      assert.equal(await valueOf(result.arn), 'arn:aws:dynamodb:eu-west-1:210987654321:table/theirs');
    });
  });

  describe('to be enabled', () => {
    it('turns on stream and recovery, and leaves them on at destroy', async () => {
      const { only, result } = await record(
        () => make({ management: TableManagement.Enable }),
        withTable({ streamEnabled: false, recovery: false }),
      );
      const { __provider: _, ...inputs } = only('pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming');
      assert.deepEqual(inputs, {
        table: 'orders',
        region: 'eu-west-1',
        account: '123456789012',
        connection: {},
        viewType: 'NEW_AND_OLD_IMAGES',
        replaceExistingStream: false,
        onDestroy: 'Leave',
      });
      assert.equal(await valueOf(result.arn), 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders');
    });

    it('stores its provider as text that needs nothing of this package', async () => {
      const { only } = await record(() => make({ management: TableManagement.Enable }));
      const text = JSON.stringify(
        only('pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming')['__provider'],
      );
      assert.match(text, /Restore/);
      const required = [...text.matchAll(/require\(\\?["']([^"'\\]+)/g)].map(([, name]) => name);
      assert.deepEqual([...new Set(required)].sort(), [
        '@aws-sdk/client-dynamodb',
        '@aws-sdk/client-sts',
        'fs',
      ]);
    });

    it('keeps no path to its modules, which an installed package does not export', () => {
      const folders = ['components/table-streaming', 'plan/table-streaming'].map((folder) =>
        join(__dirname, '../../../infra', folder),
      );
      // Those whose functions are not kept: they run in the program, or have none.
      const others = [
        'table-streaming.ts',
        'provider-settings.ts',
        'accepted-credentials.ts',
        'connection.ts',
        'client.ts',
      ];
      for (const folder of folders) {
        for (const file of readdirSync(folder).filter((one) => !others.includes(one))) {
          assert.match(
            readFileSync(join(folder, file), 'utf8'),
            /^export const deploymentOnlyModule = true;$/m,
            file,
          );
        }
      }
    });

    it('has the settings of its provider, and the secret ones as secrets', async () => {
      const { only } = await record(() => {
        const provider = new aws.Provider('prod', {
          region: 'eu-west-1',
          profile: 'prod',
          accessKey: 'AKIA',
          secretKey: 'S',
          assumeRoles: [
            { roleArn: 'arn:aws:iam::123456789012:role/deploy', externalId: 'x', duration: '1h' },
          ],
          endpoints: [{ dynamodb: 'http://127.0.0.1:8000', s3: 'http://127.0.0.1:9000' }],
        });
        return new SourceTable(
          'orders',
          { name: 'orders', management: TableManagement.Enable },
          { providers: [provider] },
        );
      });
      const { connection, keys } = only('pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming');
      assert.deepEqual(connection, {
        profile: 'prod',
        roles: [
          {
            RoleArn: 'arn:aws:iam::123456789012:role/deploy',
            RoleSessionName: 'dynamodb-replicator',
            ExternalId: 'x',
            DurationSeconds: 3600,
          },
        ],
        endpoints: { dynamodb: 'http://127.0.0.1:8000' },
      });
      assert.deepEqual(secretIn(keys), { accessKey: 'AKIA', secretKey: 'S' });
    });

    it('has the settings of the stack’s configuration where it is passed no provider', async () => {
      const enabled = async (settings: Readonly<Record<string, string>>) => {
        const { only } = await record(() => {
          pulumi.runtime.setAllConfig(settings);
          return make({ management: TableManagement.Enable });
        });
        return only('pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming');
      };
      const roles = (externalId?: string) =>
        JSON.stringify([{ roleArn: 'arn:role', sessionName: 'ci', ...(externalId && { externalId }) }]);
      const role = { RoleArn: 'arn:role', RoleSessionName: 'ci' };
      const { connection, keys } = await enabled({ 'aws:profile': 'prod', 'aws:assumeRoles': roles() });
      assert.deepEqual([connection, keys], [{ profile: 'prod', roles: [role] }, undefined]);
      const secret = await enabled({ 'aws:assumeRoles': roles('x') });
      assert.deepEqual(secretIn(secret['connection']), { roles: [{ ...role, ExternalId: 'x' }] });
    });
  });

  describe('of this program', () => {
    it('is refused if the program leaves its stream off', async () => {
      const table = () =>
        new aws.dynamodb.Table('mine', { hashKey: 'id', attributes: [{ name: 'id', type: 'S' }] });
      await assert.rejects(
        record(() => make({ management: TableManagement.Managed, table: table() })),
        { message: /^table orders: its stream is off/ },
      );
    });

    const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/own';
    const passed = (args: Partial<aws.dynamodb.TableArgs> = {}) =>
      make({ management: TableManagement.Managed, table: programTable('mine', args) });
    const factsOf = async ({ kmsKeyArn, keyAttributes }: SourceTable) => {
      assert.deepEqual(await Promise.all([kmsKeyArn, keyAttributes].map(isKnown)), [true, true]);
      return [await valueOf(kmsKeyArn), await valueOf(keyAttributes)];
    };
    const isOfTables = ({ token }: { readonly token: string }) => token === 'aws:dynamodb/getTable:getTable';

    for (const recording of [{}, { preview: true, deployed: true }])
      it(`has key attributes and key as AWS has them, ${'preview' in recording ? 'in a preview once it exists' : 'at an update'}`, async () => {
        const plain = await record(() => passed(), recording);
        assert.deepEqual(await factsOf(plain.result), ['', ['id']]);
        const both = await record(
          () => passed({ rangeKey: 'line', serverSideEncryption: { enabled: true, kmsKeyArn: KEY } }),
          recording,
        );
        assert.deepEqual(await factsOf(both.result), [KEY, ['id', 'line']]);
      });

    it('is not looked up in a preview before it exists', async () => {
      const { result, lookups } = await record(() => passed({ name: 'mine' }), { preview: true });
      assert.deepEqual(lookups.filter(isOfTables), []);
      assert.equal(await isKnown(result.keyAttributes), false);
    });

    const elsewhere: readonly (readonly [string, string, string])[] = [
      [
        'another table has its name there',
        'orders',
        'the replicator’s AWS provider has another table of that name, arn:aws:dynamodb:eu-west-1:123456789012:table/orders. ' +
          'Give both the same provider',
      ],
      [
        'none has its name there',
        'gone',
        "the replicator’s AWS provider cannot read it (reading DynamoDB Table (gone): couldn't find resource). " +
          'Give both the same provider, or run pulumi refresh if the table was deleted outside of Pulumi',
      ],
    ];
    for (const [what, name, problem] of elsewhere)
      it(`is refused if it belongs to a provider of another region, and ${what}`, async () => {
        const arn = `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;
        const table = () => Object.assign(programTable('mine'), { arn: pulumi.output(arn) });
        await assert.rejects(
          record(() => make({ management: TableManagement.Managed, table: table() })),
          { name: 'UnsuitableResource', message: `table ${arn}: ${problem}` },
        );
      });

    it('is not looked up if it is created here, as its keys are given', async () => {
      const create = { partitionKey: { name: 'id' } };
      const { result, lookups } = await record(() => make({ management: TableManagement.Managed, create }), {
        preview: true,
      });
      assert.deepEqual(await factsOf(result), ['', ['id']]);
      assert.deepEqual(lookups.filter(isOfTables), []);
    });
  });

  describe('names the key attributes', () => {
    const keyOf = async (args: Partial<SourceTableArgs>, table: Partial<FoundTable> = {}) => {
      const { result } = await record(() => make(args), withTable(table));
      return valueOf(result.keyAttributes);
    };

    it('of a table that is looked up', async () => {
      assert.deepEqual(await keyOf({}, { partitionKey: 'orderId' }), ['orderId']);
      const both = { partitionKey: 'orderId', sortKey: 'line' };
      assert.deepEqual(await keyOf({}, both), ['orderId', 'line']);
      assert.deepEqual(await keyOf({ management: TableManagement.Enable }, both), ['orderId', 'line']);
    });

    it('of a table of this program', async () => {
      const create = { partitionKey: { name: 'orderId' }, sortKey: { name: 'line' } };
      const managed = { management: TableManagement.Managed };
      assert.deepEqual(await keyOf({ ...managed, create }), ['orderId', 'line']);
      assert.deepEqual(await keyOf({ ...managed, create: { partitionKey: { name: 'id' } } }), ['id']);
    });

    it('of a table of another account only if they are given, as it cannot be looked up', async () => {
      const accountId = '210987654321';
      assert.deepEqual(await keyOf({ accountId }), []);
      assert.deepEqual(await keyOf({ accountId, keyAttributes: ['orderId'] }), ['orderId']);
    });
  });

  describe('refuses, with an exact message,', () => {
    const table = {} as unknown as aws.dynamodb.Table;
    const create = { partitionKey: { name: 'id' } };
    const cases: readonly (readonly [string, Partial<SourceTableArgs>, string])[] = [
      [
        'an ARN in place of a name',
        { name: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders' },
        'name: expected the table’s name, not its ARN: orders',
      ],
      [
        'a managed table that is neither passed in nor created',
        { management: TableManagement.Managed },
        'management: Managed needs either table, a table of this program, or create, a table to create',
      ],
      [
        'a managed table that is both passed in and created',
        { management: TableManagement.Managed, table, create },
        'management: Managed needs either table, a table of this program, or create, a table to create',
      ],
      [
        'a table of the program without management: Managed',
        { table },
        'table: only works with management: Managed',
      ],
      [
        'key attributes of a table that is looked up',
        { keyAttributes: ['orderId'] },
        'keyAttributes: only works for a table of another account; those of the stack’s account are looked up',
      ],
      ...[[], ['a', 'b', 'c'], ['a', 'a'], ['']].map(
        (keyAttributes): [string, Partial<SourceTableArgs>, string] => [
          `${JSON.stringify(keyAttributes)} as a key`,
          { accountId: '210987654321', keyAttributes },
          'keyAttributes: expected the names of the one or two attributes of the table’s key, each of 1 to 255 characters',
        ],
      ),
      ['a new table without management: Managed', { create }, 'create: only works with management: Managed'],
      [
        'replaceExistingStream without management: Enable',
        { replaceExistingStream: true },
        'replaceExistingStream: only works with management: Enable',
      ],
      [
        'onDestroy without management: Enable',
        { onDestroy: OnDestroy.Restore },
        'onDestroy: only works with management: Enable',
      ],
      [
        'managing a table of another account',
        { accountId: '210987654321', management: TableManagement.Enable },
        'accountId: tables of another account are managed there: remove management',
      ],
    ];
    for (const [what, args, message] of cases) {
      it(what, () => {
        assert.throws(() => make(args), {
          name: 'InvalidArguments',
          message: `SourceTable orders: an argument is invalid; nothing was created.\n  ${message}`,
        });
      });
    }
  });

  it('can use a stream with new images only', async () => {
    const { only } = await record(() =>
      make({ management: TableManagement.Enable, streamViewType: StreamViewType.NewImage }),
    );
    assert.equal(only('pulumi-nodejs:dynamic/dynamodb-replicator:TableStreaming')['viewType'], 'NEW_IMAGE');
  });
});
