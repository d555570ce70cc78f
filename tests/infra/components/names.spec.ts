import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { DynamoDBReplicator, type DynamoDBReplicatorArgs, Endpoints } from '../../../infra';
import { docker } from '../../../infra/components/docker';
import { NAME_LIMITS } from '../../../infra/plan/names';
import { record, valueOf } from '../record';

/** With every resource that has a physical name, except tables and imported ones, which the user names. */
const everything: DynamoDBReplicatorArgs = {
  tables: [{ name: 'orders' }],
  destination: { postgres: { host: 'warehouse.internal', user: 'me', password: pulumi.secret('x') } },
  network: { vpcName: 'main', endpoints: Endpoints.Create },
  image: { build: { context: '.' } },
  access: { serviceAccount: { role: true, user: true, accessKey: true } },
  monitoring: { alarmEmail: 'a@example.com', budget: { monthlyUsd: 5, email: 'a@example.com' } },
};

/** Inputs that name a resource. */
const PROPERTIES = ['name', 'bucket', 'family', 'dashboardName'];
/** Resources whose `name` or `bucket` is that of another resource. */
const NAME_ANOTHER = /:BucketPublicAccessBlock|:BucketO|:BucketServer|:BucketL|:BucketP/;

interface Named {
  readonly resource: string;
  readonly property: string;
  readonly ignored: readonly string[];
}

const isNamed = (type: string) => type.startsWith('aws:') && !NAME_ANOTHER.test(type);

/** Records which resources are named by the program, and whether they keep their names. */
function recorder(): { readonly named: Named[]; readonly options: pulumi.ComponentResourceOptions } {
  const named: Named[] = [];
  const transformation: pulumi.ResourceTransformation = ({ type, name, props, opts }) => {
    const { ignoreChanges: ignored = [] } = opts as pulumi.CustomResourceOptions;
    if (isNamed(type))
      for (const property of PROPERTIES.filter((one) => props[one] !== undefined))
        named.push({ resource: `${type} ${name}`, property, ignored });
    return undefined;
  };
  return { named, options: { transformations: [transformation] } };
}

describe('the physical names of a replicator’s resources', () => {
  const { silence } = docker;
  beforeEach(() => {
    docker.silence = () => undefined;
  });
  afterEach(() => {
    docker.silence = silence;
  });

  const make = (args: Partial<DynamoDBReplicatorArgs> = {}, opts: pulumi.ComponentResourceOptions = {}) =>
    new DynamoDBReplicator('orders', { ...everything, ...args }, opts);

  it('are kept by resources that exist', async () => {
    const { named, options } = recorder();
    await record(() => make({}, options));
    assert.deepEqual(
      named.filter(({ property, ignored }) => !ignored.includes(property)),
      [],
    );
    // One of each kind, and the kinds that occur several times.
    assert.ok(named.length >= Object.keys(NAME_LIMITS).length, JSON.stringify(named));
  });

  it('are nowhere guessed: what refers to a resource uses the name that it has', async () => {
    const generated = 'dynamodb-replicator-dev-orders';
    // As Pulumi's engine does with the inputs of a resource that was created under another name.
    const keep: pulumi.ResourceTransformation = ({ type, props, opts }) => {
      if (!isNamed(type)) return undefined;
      const kept = Object.fromEntries(
        PROPERTIES.filter((property) => props[property] !== undefined).map((property) => [
          property,
          pulumi.output(props[property] as string).apply((name) => name.replace(generated, 'old')),
        ]),
      );
      return { props: { ...props, ...kept }, opts };
    };
    const { resources, only, result } = await record(() => make({}, { transformations: [keep] }));
    for (const { type, name, inputs } of resources)
      assert.ok(!JSON.stringify(inputs).includes(generated), `${type} ${name}: ${JSON.stringify(inputs)}`);
    assert.equal(await valueOf(result.logGroupName), '/dynamodb-replicator/old');
    assert.match(only('aws:iam/rolePolicy:RolePolicy', '-execution')['policy'] as string, /replicator\/old:/);
    // The history of the metrics continues.
    assert.match(
      only('aws:ecs/taskDefinition:TaskDefinition')['containerDefinitions'] as string,
      /"name":"DYNAMODB_REPLICATOR_METRICS_REPLICATOR","value":"old"/,
    );
    assert.deepEqual(only('aws:cloudwatch/metricAlarm:MetricAlarm', '-lag')['dimensions'], {
      Replicator: 'old',
    });
  });

  it('begin with names.prefix, and follow it: the user chose them', async () => {
    const { named, options } = recorder();
    const { resources } = await record(() => make({ names: { prefix: 'shop' } }, options));
    for (const { type, name, inputs } of resources) {
      if (!isNamed(type)) continue;
      for (const property of PROPERTIES.filter((one) => inputs[one] !== undefined))
        assert.match(String(inputs[property]), /^(\/dynamodb-replicator\/)?shop(-|$)/, `${type} ${name}`);
    }
    assert.deepEqual(
      named.filter(({ ignored, property }) => ignored.includes(property)),
      [],
    );
  });

  it('are those of 0.1.0 with its prefix, component and stack', async () => {
    const { only } = await record(() => make({ names: { prefix: 'orders-dev' } }));
    assert.equal(only('aws:iam/role:Role', '-task')['name'], 'orders-dev-task');
    assert.equal(only('aws:s3/bucket:Bucket')['bucket'], 'orders-dev-exports-123456789012-eu-west-1');
    assert.equal(only('aws:ecs/service:Service')['name'], 'orders-dev');
    assert.equal(only('aws:cloudwatch/logGroup:LogGroup')['name'], '/dynamodb-replicator/orders-dev');
  });

  it('are Pulumi’s with pulumi:autonaming, except those of log, task family and dashboard', async () => {
    const { named, options } = recorder();
    const autonaming = { 'pulumi:autonaming': JSON.stringify({ mode: 'verbatim' }) };
    // In an update, Pulumi’s provider would have to name them.
    await record(
      () => {
        pulumi.runtime.setAllConfig(autonaming);
        return make({}, options);
      },
      { preview: true },
    );
    assert.deepEqual(named.map(({ resource }) => resource).sort(), [
      'aws:cloudwatch/dashboard:Dashboard orders-dashboard',
      'aws:cloudwatch/logGroup:LogGroup orders-log',
      'aws:ecs/taskDefinition:TaskDefinition orders-task',
    ]);
  });

  it('of a service account and a bucket can be set each', async () => {
    const { named, options } = recorder();
    const names = {
      roleName: 'DynamoDBStreamsRole',
      policyName: 'DynamoDBStreamsAccess',
      policyDescription: 'Policy that grants access to DynamoDB streams and exports for Artie',
      userName: 'dynamodb-artie-user',
      groupName: 'dynamodb-readers',
    };
    const { only } = await record(() =>
      make(
        {
          access: { serviceAccount: { role: true, user: true, ...names } },
          exportBucket: { bucketName: 'artie-exports' },
        },
        options,
      ),
    );
    assert.equal(only('aws:iam/role:Role', '-reader')['name'], names.roleName);
    assert.equal(only('aws:iam/policy:Policy')['name'], names.policyName);
    assert.equal(only('aws:iam/policy:Policy')['description'], names.policyDescription);
    assert.equal(only('aws:iam/user:User')['name'], names.userName);
    assert.equal(only('aws:iam/group:Group')['name'], names.groupName);
    assert.equal(only('aws:s3/bucket:Bucket')['bucket'], 'artie-exports');
    assert.deepEqual(
      named.filter(({ ignored, property }) => !ignored.includes(property)).map(({ resource }) => resource),
      [
        'aws:s3/bucket:Bucket orders-exports',
        'aws:iam/policy:Policy orders-reader',
        'aws:iam/group:Group orders-readers',
        'aws:iam/user:User orders-reader',
        'aws:iam/role:Role orders-reader',
      ],
    );
  });
});
