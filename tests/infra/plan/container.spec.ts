import assert from 'node:assert/strict';
import { leaves, readSettings } from '../../../runtime/config';
import {
  CONTAINER_NAME,
  containerDefinitions,
  type ContainerPlan,
  HEALTH_PORT,
  RUNTIME_STOP_MS,
  STOP_TIMEOUT_SECONDS,
} from '../../../infra/plan/container';
import {
  type ContainerSettings,
  environmentOf,
  NOT_FOR_A_TASK,
  variableOf,
} from '../../../infra/plan/environment';
import type { KnownSidecar } from '../../../infra/plan/sidecar';
import { matchesSnapshot } from '../snapshot';

/** Every setting that a task may have, each with a value that is not its default. */
const everything: ContainerSettings = {
  tables: [{ name: 'orders', destinationTable: 'orders_copy', deletes: 'soft' }, { name: 'customers' }],
  bucket: { name: 'my-exports', prefix: 'replicator/dev' },
  bucketOwner: '210987654321',
  kmsKeyId: 'alias/exports',
  to: 'postgres',
  onGap: 'heal',
  heal: { maxUsd: 20, readUnitsPerSecond: 500 },
  deletes: 'soft',
  columns: 'columns',
  maxColumns: 100,
  dropReplicationAttributes: false,
  destinationSchema: 'raw',
  region: 'eu-west-1',
  streamsEndpoint: 'https://vpce-1.streams.dynamodb.eu-west-1.vpce.amazonaws.com',
  queueBytes: 1 << 27,
  load: { connections: 2, transactionBytes: 1 << 26 },
  postgres: {
    host: 'warehouse.internal',
    port: 6432,
    database: 'warehouse',
    user: 'replicator',
    passwordSecret: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3',
    tls: 'verify-ca',
    tlsCaFile: '/etc/ssl/rds.pem',
    connections: 12,
  },
  source: { roleArn: 'arn:aws:iam::210987654321:role/reader', externalId: 'replicator-7f3a' },
  verify: { every: '7d', sample: 0.1 },
  poll: { minMs: 300, maxMs: 6_000, concurrentReads: 48, listShardsMs: 15_000, exportMs: 30_000 },
  timeouts: { connectMs: 6_000, requestMs: 30_000, socketMs: 40_000, callMs: 130_000, stopMs: 90_000 },
  health: { port: 8081 },
  metrics: { namespace: 'Replicator', replicator: 'orders-dev' },
  log: { format: 'json', level: 'debug', summaryMs: 60_000 },
};

describe('the environment of the container', () => {
  it('has exactly the variables that the runtime knows, except those excluded with a reason', () => {
    const written = Object.keys(environmentOf(everything));
    const known = leaves
      .filter(({ name }) => !(name in NOT_FOR_A_TASK) && !['postgres.url', 'postgres.tlsCa'].includes(name))
      .map(({ variable }) => variable);
    assert.deepEqual(written, [...known].sort());
    assert.deepEqual(
      Object.keys(NOT_FOR_A_TASK).filter((name) => !leaves.some((leaf) => leaf.name === name)),
      [],
    );
  });

  it('is read by the runtime as intended', () => {
    const settings = readSettings({ flags: {}, environment: environmentOf(everything) });
    const { tables, bucket, to: _, postgres, destinationSchema: __, verify, ...rest } = everything;
    assert.deepEqual(settings.verify, { ...verify, every: 7 * 86_400_000 });
    for (const [name, value] of Object.entries(rest)) {
      if (['deletes', 'columns', 'maxColumns', 'dropReplicationAttributes'].includes(name)) continue;
      assert.deepEqual(settings[name as keyof typeof settings], value, name);
    }
    assert.deepEqual(settings.bucket, bucket);
    assert.deepEqual(
      settings.tables.map(({ name, destinationTable, destinationSchema, deletes, maxColumns }) => ({
        name,
        destinationTable,
        destinationSchema,
        deletes,
        maxColumns,
      })),
      [
        {
          name: 'orders',
          destinationTable: 'orders_copy',
          destinationSchema: 'raw',
          deletes: 'soft',
          maxColumns: 100,
        },
        {
          name: 'customers',
          destinationTable: 'customers',
          destinationSchema: 'raw',
          deletes: 'soft',
          maxColumns: 100,
        },
      ],
    );
    assert.equal(tables?.length, settings.tables.length);
    assert.equal(settings.tables[0]?.dropReplicationAttributes, false);
    assert.ok(settings.destination.kind === 'postgres');
    const { passwordSecret, ...server } = postgres as Record<string, unknown>;
    assert.deepEqual(settings.destination.postgres, {
      ...server,
      password: { from: 'secret', arn: passwordSecret },
      tlsCa: undefined,
    });
  });

  it('leaves settings that are not given to the runtime’s defaults', () => {
    assert.deepEqual(environmentOf({ bucket: { name: 'my-exports' }, poll: {} }), {
      DYNAMODB_REPLICATOR_BUCKET: 'my-exports',
    });
  });

  it('never contains a secret', () => {
    for (const { name, isSecret } of leaves) if (isSecret) assert.ok(name in NOT_FOR_A_TASK, name);
    assert.equal(variableOf('postgres.url'), 'DYNAMODB_REPLICATOR_POSTGRES_URL');
    assert.throws(() => variableOf('postgres.pasword'), RangeError);
  });
});

describe('the container', () => {
  const plan = {
    image: `registry.example/replicator@sha256:${'0'.repeat(64)}`,
    environment: { B: '2', A: '1' },
    secrets: {
      DYNAMODB_REPLICATOR_POSTGRES_URL: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:url-a1b2c3',
    },
    log: { group: '/dynamodb-replicator/orders-dev', region: 'eu-west-1' },
  };

  it('is this', () => {
    const text = containerDefinitions(plan);
    matchesSnapshot('container', JSON.parse(text));
    assert.ok(!text.includes('null'));
  });

  it('is the same text for any order of its inputs', () => {
    const { environment: _, ...rest } = plan;
    assert.equal(
      containerDefinitions({ ...rest, environment: { A: '1', B: '2' } }),
      containerDefinitions(plan),
    );
  });

  it('cannot write to its disk, runs as nobody, and has no capability', () => {
    const [container] = JSON.parse(containerDefinitions(plan)) as Record<string, unknown>[];
    assert.equal(container?.['name'], CONTAINER_NAME);
    assert.equal(container['readonlyRootFilesystem'], true);
    assert.equal(container['privileged'], false);
    assert.equal(container['user'], '65532:65532');
    assert.deepEqual(container['linuxParameters'], {
      capabilities: { add: [], drop: ['ALL'] },
      initProcessEnabled: true,
    });
  });

  it('gives the runtime less time to stop than ECS gives the task', () => {
    assert.ok(RUNTIME_STOP_MS < STOP_TIMEOUT_SECONDS * 1000);
    assert.ok(STOP_TIMEOUT_SECONDS <= 120);
    assert.ok(HEALTH_PORT > 1024);
  });

  describe('with sidecars', () => {
    const digest = `@sha256:${'0'.repeat(64)}`;
    const agent: KnownSidecar = {
      name: 'agent',
      image: `public.ecr.aws/datadog/agent${digest}`,
      command: ['agent', 'run'],
      environment: { B: '2', A: '1' },
      secrets: { DD_API_KEY: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:datadog-a1b2c3' },
      cpu: 128,
      memoryMiB: 256,
      essential: true,
      user: '1000:1000',
      readonlyRootFilesystem: false,
    };
    const proxy: KnownSidecar = { name: 'proxy', image: `registry.example/proxy${digest}` };
    const containersOf = (changes: Partial<ContainerPlan>) =>
      JSON.parse(containerDefinitions({ ...plan, ...changes })) as readonly Record<string, unknown>[];

    it('is this', () => {
      matchesSnapshot('sidecars', containersOf({ sidecars: [agent, proxy] }).slice(1));
    });

    it('stays first, the same, and essential', () => {
      const [own, ...others] = containersOf({ sidecars: [proxy, agent] });
      assert.deepEqual([own], containersOf({}));
      assert.equal(own?.['essential'], true);
      assert.deepEqual(
        others.map(({ name }) => name),
        ['proxy', 'agent'],
      );
    });

    it('is pulled with the credentials of its registry, and so are sidecars of the same registry', () => {
      const credentialsArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-a1b2c3';
      const credentials = { credentialsParameter: credentialsArn };
      assert.deepEqual(
        containersOf({ credentialsArn, sidecars: [agent, proxy] }).map(
          ({ repositoryCredentials }) => repositoryCredentials,
        ),
        [credentials, undefined, credentials],
      );
    });
  });
});
