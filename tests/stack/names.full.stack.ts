import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backend, editedStackFile, Engine, ROOT } from './engine';
import { useSurroundings } from './use-surroundings';

/** Operations that change which resources exist. */
const LIVES = /^(create|replace|delete)/;

/** A stack of this repository’s program. @param isDeployed whether its resources exist and have to be destroyed */
function useStack(
  name: string,
  isDeployed: boolean,
): { readonly stack: Engine; write(changes?: object): void } {
  const backend = new Backend();
  const stack = new Engine(backend, ROOT, name);
  const file = join(ROOT, `Pulumi.${name}.yaml`);
  useSurroundings();
  after(async () => {
    try {
      if (isDeployed) await stack.destroy();
    } finally {
      rmSync(file, { force: true });
      backend.remove();
    }
  });
  return { stack, write: (changes = {}) => writeFileSync(file, editedStackFile({ ...changes })) };
}

/** Replaced in any case: a task definition that a setting changes, and the security group of another VPC. */
const NOT_NAMED = /:TaskDefinition |:SecurityGroup /;

describe('a stack that 0.1.0 created', () => {
  // As `pulumi stack export --show-secrets` of 0.1.0 writes it with the passphrase of these tests, shortened.
  const recorded = readFileSync(join(__dirname, 'releases/0.1.0.json'), 'utf8');
  const { stack, write } = useStack('v010', false);

  it('keeps every resource, and so its physical names', async () => {
    write({ serviceAccount: { role: true, user: true } });
    await stack.init({}, { destinationPassword: 's3cr3t' });
    await stack.replaceState(recorded);
    const changes = await stack.changes();
    assert.deepEqual(
      changes.filter((change) => LIVES.test(change) && !NOT_NAMED.test(change)),
      [],
    );
    // So the state was read.
    assert.ok(
      changes.some((change) => change.startsWith('update ')),
      changes.join('\n'),
    );
  });
});

describe('a stack whose names.prefix is removed', function () {
  this.bail(true);

  const { stack, write } = useStack('prefixed', true);

  it('keeps the names that its resources have', async () => {
    write({ names: { prefix: 'replicator-prefixed' } });
    await stack.init({}, { destinationPassword: 's3cr3t' });
    await stack.up();
    await stack.unset('dynamodb-replicator:names');
    assert.deepEqual(await stack.changes(), []);
    await stack.up('--expect-no-changes');
    assert.equal((await stack.outputs())['service'], 'replicator-prefixed');
  });

  it('replaces its resources for another prefix', async () => {
    await stack.set('dynamodb-replicator:names.prefix', 'shop');
    const changes = await stack.changes();
    for (const type of ['iam/role:Role', 'ecs/service:Service', 's3/bucket:Bucket', 'sns/topic:Topic'])
      assert.ok(
        changes.some((change) => change.startsWith('replace ') && change.includes(`aws:${type} `)),
        `${type}: ${changes.join('\n')}`,
      );
    await stack.unset('dynamodb-replicator:names');
  });
});

/** A bucket and a service account, whose component's name and former name are in the configuration. */
const PROGRAM = `
  const pulumi = require('@pulumi/pulumi');
  const { ExportBucket, ServiceAccount } = require(${JSON.stringify(join(ROOT, 'dist/infra'))});
  const config = new pulumi.Config();
  const opts = { aliases: (config.getObject('formerNames') ?? []).map((name) => ({ name })) };
  const bucket = new ExportBucket(config.require('component'), { forceDestroy: true }, opts);
  const account = new ServiceAccount(
    config.require('component'),
    {
      tables: [{ arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders' }],
      bucket: { arn: bucket.arn },
      trustedService: 'ec2.amazonaws.com',
    },
    opts,
  );
  exports.bucket = bucket.bucketName;
  exports.role = account.roleArn;
`;

describe('two projects of one account, with the same stack and component', function () {
  this.bail(true);

  const backend = new Backend();
  const folders: string[] = [];
  const [shop, bills] = ['shop', 'bills'].map((project) => {
    const folder = mkdtempSync(join(tmpdir(), `replicator-${project}-`));
    folders.push(folder);
    writeFileSync(join(folder, 'Pulumi.yaml'), `name: ${project}\nruntime: nodejs\n`);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: project, main: 'index.js' }));
    writeFileSync(join(folder, 'index.js'), PROGRAM);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new Engine(backend, folder, 'dev');
  }) as [Engine, Engine];

  after(async () => {
    await Promise.allSettled([shop.destroy(), bills.destroy()]);
    for (const folder of [...folders, backend.folder]) rmSync(folder, { recursive: true, force: true });
  });

  it('are created side by side', async () => {
    for (const stack of [shop, bills]) {
      await stack.init({ 'aws:region': 'us-east-1', component: 'orders' });
      await stack.up();
    }
    assert.match((await shop.outputs())['role'] ?? '', /role\/shop-dev-orders-reader$/);
    assert.match((await bills.outputs())['role'] ?? '', /role\/bills-dev-orders-reader$/);
  });

  it('keep their names when a component gets another name, with an alias', async () => {
    const before = await shop.outputs();
    await shop.set('component', 'sales');
    await shop.set('formerNames[0]', 'orders');
    assert.deepEqual(await shop.changes(), []);
    await shop.up('--expect-no-changes');
    assert.deepEqual(await shop.outputs(), before);
  });
});
