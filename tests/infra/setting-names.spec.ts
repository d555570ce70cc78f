import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DynamoDBReplicator, type DynamoDBReplicatorArgs, Endpoints, PostgresTls } from '../../infra';
import { SET_BY_THE_STACK, SETTING_NAMES } from '../../infra/plan/container-settings';
import { NOT_FOR_A_TASK, variableOf } from '../../infra/plan/environment';
import { leaves } from '../../runtime/config';
import { DEFAULT_PORT } from '../../runtime/destinations/postgres/config';
import { record } from './record';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';
const AUTHORITIES = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:authorities-a1b2c3';
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
      connections: 12,
      passwordSecretArn: SECRET,
    },
  },
  access: { sourceRole: { roleArn: ROLE, externalId: 'x-1' } },
};
const PASSWORD: Partial<DynamoDBReplicatorArgs> = {
  destination: { postgres: { host: 'other.internal', user: 'loader', password: 'x' } },
  network: { vpcName: 'main', endpoints: Endpoints.Create },
};
const ADDRESS_IN_A_SECRET: Partial<DynamoDBReplicatorArgs> = {
  destination: { postgres: { urlSecretArn: SECRET, tlsCaSecretArn: AUTHORITIES } },
};

/** Argument of the stack → value that the container has to read in the documented setting. */
const EXPECTED: Readonly<Record<keyof typeof SETTING_NAMES, string | RegExp>> = {
  'exportBucket.existingBucketName': `${BUCKET}/dev`,
  'exportBucket.prefix': `${BUCKET}/dev`,
  'exportBucket.existingBucketOwner': '210987654321',
  'exportBucket.kmsKeyArn': KEY,
  'destination.postgres.host': 'other.internal',
  'destination.postgres.port': '6432',
  'destination.postgres.database': 'marts',
  'destination.postgres.user': 'loader',
  'destination.postgres.tls': 'require',
  'destination.postgres.tlsCaFile': '/etc/ca.pem',
  'destination.postgres.tlsCaSecretArn': AUTHORITIES,
  'destination.postgres.connections': '12',
  'destination.postgres.passwordSecretArn': SECRET,
  'destination.postgres.password': /:secret:/,
  'destination.postgres.urlSecretArn': SECRET,
  'destination.postgres.url': SECRET,
  'access.sourceRole.roleArn': ROLE,
  'access.sourceRole.externalId': 'x-1',
  'network.endpoints': /^https:\/\/.*\.vpce\.amazonaws\.com$/,
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
  it('are all in the documentation', () => {
    const rows = [
      ...readFileSync('docs/INFRASTRUCTURE.md', 'utf8').matchAll(/^\| `([\w.]+)` +\| `([\w.]+)` +\|$/gm),
    ].map(([, argument, setting]) => [argument, setting]);
    assert.deepEqual(rows, Object.entries(SETTING_NAMES));
  });

  it('name every setting that a task can have, except those that the stack sets', () => {
    const others = new Set<string>([
      'tables',
      ...Object.values(SETTING_NAMES),
      ...SET_BY_THE_STACK,
      ...Object.keys(NOT_FOR_A_TASK),
    ]);
    const unnamed = leaves.map(({ name }) => name).filter((name) => !others.has(name));
    assert.deepEqual(
      unnamed.filter((name) => !isUnderSettings(name)),
      [],
    );
    assert.deepEqual([...others].filter(isUnderSettings), []);
  });

  let given: ReadonlyMap<string, string>;
  let byAddress: ReadonlyMap<string, string>;
  let byPassword: ReadonlyMap<string, string>;
  before(async () => {
    given = await variables(EVERYTHING);
    byAddress = await variables(ADDRESS_IN_A_SECRET);
    byPassword = await variables(PASSWORD);
  });

  for (const [argument, setting] of Object.entries(SETTING_NAMES)) {
    const expected = EXPECTED[argument as keyof typeof SETTING_NAMES];
    it(`${argument} is ${setting} of the replicator`, () => {
      const all = [given, byAddress, byPassword].map((one) => one.get(variableOf(setting)));
      assert.ok(
        all.some(
          (value) =>
            value !== undefined && (expected instanceof RegExp ? expected.test(value) : value === expected),
        ),
        `${all}`,
      );
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

interface Properties {
  readonly allOf?: readonly { readonly $ref: string }[];
  readonly properties?: Readonly<Record<string, Properties>>;
}

const { definitions } = JSON.parse(readFileSync('schemas/stack-file.schema.json', 'utf8')) as {
  readonly definitions: Readonly<Record<string, Properties>>;
};

/** Whether the stack's file accepts it under `settings`. */
function isUnderSettings(setting: string): boolean {
  let at = definitions['RuntimeSettings'];
  for (const step of setting.split('.')) {
    const next = at?.properties?.[step];
    const [group] = next?.allOf ?? [];
    at = group === undefined ? next : definitions[group.$ref.slice('#/definitions/'.length)];
  }
  return at !== undefined;
}
