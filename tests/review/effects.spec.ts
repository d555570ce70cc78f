import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { effectsOf } from '../../review/effects';
import type { RecordedResource } from '../../review/record-program';
import { REPLACEMENTS } from '../../review/replacements';
import { changesOf } from '../../review/resource-changes';

type Inputs = Readonly<Record<string, unknown>>;

const resource = (type: string, name: string, inputs: Inputs): RecordedResource => ({
  type,
  name,
  urn: `urn:pulumi:dev::dynamodb-replicator::${type}::${name}`,
  inputs,
  outputs: {},
});

const SERVICE = 'aws:ecs/service:Service';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';

/** A stack in short: each resource of the first version. */
const STACK: Readonly<Record<string, Inputs>> = {
  [SERVICE]: { cluster: 'c', desiredCount: 1, networkConfiguration: { subnets: ['a'] }, tags: {} },
  'aws:ecs/taskDefinition:TaskDefinition': { cpu: '512', tags: {} },
  [GROUP]: { vpcId: 'vpc-1', egress: [] },
  'docker-build:index:Image': { context: { files: '1' }, registries: [{ password: 'x' }] },
  'aws:s3/bucket:Bucket': { bucket: 'exports' },
  'aws:iam/role:Role': { name: 'task', description: 'x' },
  'aws:cloudwatch/dashboard:Dashboard': { dashboardName: 'x', dashboardBody: '{}' },
};

const versionOf = (stack: Readonly<Record<string, Inputs>>) =>
  Object.entries(stack).map(([type, inputs]) => resource(type, 'it', inputs));

/** The effects of other inputs of one resource, without its explanations. */
function effects(type: string, inputs: Inputs, old: Inputs = {}): readonly string[] {
  const before = versionOf({ ...STACK, [type]: { ...STACK[type], ...old } });
  const after = versionOf({ ...STACK, [type]: { ...STACK[type], ...old, ...inputs } });
  return effectsOf(changesOf(before, after));
}

const RESTARTS: readonly (readonly [what: string, type: string, inputs: Inputs, restarts: boolean])[] = [
  ['another size', 'aws:ecs/taskDefinition:TaskDefinition', { cpu: '1024' }, true],
  ['tags of the task definition', 'aws:ecs/taskDefinition:TaskDefinition', { tags: { a: 'b' } }, false],
  ['other subnets', SERVICE, { networkConfiguration: { subnets: ['b'] } }, true],
  ['another cluster', SERVICE, { cluster: 'd' }, true],
  ['tags of the service', SERVICE, { tags: { a: 'b' } }, false],
  ['another way to wait', SERVICE, { waitForSteadyState: false }, false],
  ['another build', 'docker-build:index:Image', { context: { files: '2' } }, true],
  ['another login at the registry', 'docker-build:index:Image', { registries: [{ password: 'y' }] }, false],
  ['a security group in another VPC', GROUP, { vpcId: 'vpc-2' }, true],
  ['other rules of a security group', GROUP, { egress: [{ toPort: 443 }] }, false],
  ['a dashboard', 'aws:cloudwatch/dashboard:Dashboard', { dashboardBody: '[]' }, false],
];

describe('the effects of a change', () => {
  for (const [what, type, inputs, restarts] of RESTARTS)
    it(`${restarts ? 'are' : 'are not'} a restart with ${what}`, () => {
      const found = effects(type, inputs).filter((line) => line.startsWith('🔁'));
      assert.deepEqual(
        found,
        restarts
          ? [
              `🔁 The replicator **restarts** (\`${type} it\`): ECS stops its task, within 100 s, and starts the new one, usually within two minutes. It continues from the last commit: nothing is lost`,
            ]
          : [],
      );
    });

  it('are one restart, however many resources cause it', () => {
    const after = versionOf({
      ...STACK,
      [SERVICE]: { ...STACK[SERVICE], networkConfiguration: {} },
      'aws:ecs/taskDefinition:TaskDefinition': { cpu: '1024' },
    });
    const found = effectsOf(changesOf(versionOf(STACK), after));
    assert.equal(found.length, 1);
    assert.match(
      found[0] ?? '',
      /\(`aws:ecs\/service:Service it`, `aws:ecs\/taskDefinition:TaskDefinition it`\)/,
    );
  });

  it('are a stop or a start when the replicator is paused, and then no restart', () => {
    assert.deepEqual(effects(SERVICE, { desiredCount: 0, networkConfiguration: {} }), [
      '⏸️ The replicator **stops**. DynamoDB keeps changes for 24 hours: if it does not run again by then, its tables have a gap',
    ]);
    assert.deepEqual(effects(SERVICE, { desiredCount: 1, networkConfiguration: {} }, { desiredCount: 0 }), [
      '▶️ The replicator **starts**, and continues from its last commit',
    ]);
    assert.deepEqual(effects(SERVICE, { networkConfiguration: {} }, { desiredCount: 0 }), []);
  });

  it('are replaced resources, each with what is lost', () => {
    assert.deepEqual(effects('aws:iam/role:Role', { description: 'y' }), []);
    assert.deepEqual(effects('aws:s3/bucket:Bucket', { bucket: 'other' }), [
      '♻️ `aws:s3/bucket:Bucket it` is **replaced** (bucket). Lost: its exports; `pulumi up` fails while it holds any, unless `exportBucket.forceDestroy` was deployed before',
    ]);
    assert.deepEqual(effects('aws:cloudwatch/dashboard:Dashboard', { dashboardName: 'y' }), [
      '♻️ `aws:cloudwatch/dashboard:Dashboard it` is **replaced** (dashboardName); nothing is lost',
    ]);
  });

  it('are removed resources with which something is lost, and nothing for created ones', () => {
    const { 'aws:s3/bucket:Bucket': _, 'aws:cloudwatch/dashboard:Dashboard': __, ...rest } = STACK;
    assert.deepEqual(effectsOf(changesOf(versionOf(STACK), versionOf(rest))), [
      '🗑️ `aws:s3/bucket:Bucket it` is **removed**. Lost: its exports; `pulumi up` fails while it holds any, unless `exportBucket.forceDestroy` was deployed before',
    ]);
    assert.deepEqual(effectsOf(changesOf(versionOf(rest), versionOf(STACK))), []);
    assert.deepEqual(effectsOf(changesOf([], versionOf(STACK))), []);
  });
});

describe('the inputs that replace a resource', () => {
  for (const [type, { inputs }] of Object.entries(REPLACEMENTS).filter(([name]) => name.startsWith('aws:')))
    it(`of ${type} are inputs of Pulumi’s resource`, () => {
      const file = require.resolve(`@pulumi/aws/${type.split(':')[1]}.js`);
      assert.ok(existsSync(file));
      const source = readFileSync(file, 'utf8');
      for (const input of inputs) assert.ok(source.includes(`resourceInputs["${input}"] = `), input);
    });
});
