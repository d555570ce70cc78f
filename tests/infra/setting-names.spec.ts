import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DynamoDBReplicator, type DynamoDBReplicatorArgs, PostgresTls } from '../../infra';
import { variableOf } from '../../infra/plan/environment';
import { DEFAULT_PORT } from '../../runtime/destinations/postgres/config';
import { record } from './record';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';
const ROLE = 'arn:aws:iam::210987654321:role/orders-reader';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555';

const BUCKET = 'my-exports';
const EVERYTHING: Partial<DynamoDBReplicatorArgs> = {
  exportBucket: { existingBucketName: BUCKET, existingBucketOwner: '210987654321', kmsKeyArn: KEY },
  destination: {
    postgres: {
      host: 'other.internal',
      port: 6432,
      database: 'marts',
      user: 'loader',
      tls: PostgresTls.Require,
      tlsCaFile: '/etc/ca.pem',
      passwordSecretArn: SECRET,
    },
  },
  access: { sourceRole: { roleArn: ROLE, externalId: 'x-1' } },
};
const ADDRESS_IN_A_SECRET: Partial<DynamoDBReplicatorArgs> = {
  destination: { postgres: { urlSecretArn: SECRET } },
};

/** Argument of the stack → what the container has to read in the setting that the document names. */
const EXPECTED: Readonly<Record<string, string>> = {
  'exportBucket.existingBucketName': `${BUCKET}/dev`,
  'exportBucket.existingBucketOwner': '210987654321',
  'exportBucket.kmsKeyArn': KEY,
  'destination.postgres.host': 'other.internal',
  'destination.postgres.port': '6432',
  'destination.postgres.database': 'marts',
  'destination.postgres.user': 'loader',
  'destination.postgres.tls': 'require',
  'destination.postgres.tlsCaFile': '/etc/ca.pem',
  'destination.postgres.passwordSecretArn': SECRET,
  'destination.postgres.urlSecretArn': SECRET,
  'access.sourceRole.roleArn': ROLE,
  'access.sourceRole.externalId': 'x-1',
};

const recorded = (args: Partial<DynamoDBReplicatorArgs>) =>
  record(
    () =>
      new DynamoDBReplicator('replicator', {
        tables: [{ name: 'orders' }],
        destination: { postgres: { host: 'warehouse.internal', passwordSecretArn: SECRET } },
        network: { vpcName: 'main' },
        image: { uri: `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}` },
        ...args,
      }),
  );

interface Container {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
}

/** Environment variable of the container → its value, or the ARN of the secret with it. */
async function variables(args: Partial<DynamoDBReplicatorArgs>): Promise<ReadonlyMap<string, string>> {
  const { only } = await recorded(args);
  const definitions = only('aws:ecs/taskDefinition:TaskDefinition')['containerDefinitions'] as string;
  const [{ environment, secrets }] = JSON.parse(definitions) as [Container];
  return new Map([
    ...environment.map(({ name, value }) => [name, value] as const),
    ...secrets.map(({ name, valueFrom }) => [name, valueFrom] as const),
  ]);
}

describe('names of settings in the stack', () => {
  const rows = [
    ...readFileSync('docs/INFRASTRUCTURE.md', 'utf8').matchAll(/^\| `([\w.]+)` +\| `([\w.]+)` +\|$/gm),
  ].map(([, argument, setting]) => [argument as string, setting as string] as const);

  it('are all in the document', () => {
    assert.deepEqual(
      rows.map(([argument]) => argument),
      Object.keys(EXPECTED),
    );
  });

  let given: ReadonlyMap<string, string>;
  let byAddress: ReadonlyMap<string, string>;
  before(async () => {
    given = await variables(EVERYTHING);
    byAddress = await variables(ADDRESS_IN_A_SECRET);
  });

  for (const [argument, setting] of rows) {
    it(`${argument} is ${setting} of the replicator`, () => {
      const from = argument === 'destination.postgres.urlSecretArn' ? byAddress : given;
      assert.equal(from.get(variableOf(setting)), EXPECTED[argument]);
    });
  }

  it('without a port, the task may reach the port that the replicator uses', async () => {
    const { only } = await recorded({});
    const ports = (only('aws:ec2/securityGroup:SecurityGroup')['egress'] as { toPort: number }[]).map(
      ({ toPort }) => toPort,
    );
    assert.ok(ports.includes(DEFAULT_PORT), `${ports}`);
  });
});
