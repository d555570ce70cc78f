import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { name } from '../../package.json';
import { rulesIn } from './checked-stack';
import { Backend, Engine, ROOT } from './engine';

/** A user, and a role that everyone may assume. */
const program = (tags: object) => `
  const aws = require('@pulumi/aws');
  const tags = ${JSON.stringify(tags)};
  new aws.iam.User('reader', { tags });
  new aws.iam.Role('open', {
    tags,
    assumeRolePolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }],
    },
  });
`;
/** The pack in a program that has the package from npm. */
const INSTALLED = `node_modules/${name}/dist/policy`;
const RULES = ['iam-no-long-lived-key', 'iam-trust-only-ecs-tasks'];

describe('the policy pack in a preview of another program', () => {
  const backend = new Backend();
  const folder = mkdtempSync(join(tmpdir(), 'replicator-policies-'));
  const stack = new Engine(backend, folder, 'dev');
  const write = (tags: object) => writeFileSync(join(folder, 'index.js'), program(tags));

  before(async () => {
    writeFileSync(join(folder, 'Pulumi.yaml'), 'name: shop\nruntime: nodejs\n');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', main: 'index.js' }));
    mkdirSync(join(folder, 'node_modules'));
    for (const one of readdirSync(join(ROOT, 'node_modules')))
      symlinkSync(join(ROOT, 'node_modules', one), join(folder, 'node_modules', one));
    cpSync(join(ROOT, 'dist/policy'), join(folder, INSTALLED), { recursive: true });
    write({});
    await stack.init({ 'aws:region': 'us-east-1' });
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    backend.remove();
  });

  it('passes, with advisory findings of a mandatory rule about a resource and of one about the stack', async () => {
    write({ team: 'shop' });
    const { passed, output } = await stack.policies();
    assert.ok(passed, output);
    assert.deepEqual(rulesIn(output, 'mandatory'), [], output);
    assert.deepEqual(rulesIn(output, 'advisory'), RULES, output);
  });

  it('has the same findings from the published package', async () => {
    write({ team: 'shop' });
    const { passed, output } = await stack.policies(undefined, INSTALLED);
    assert.ok(passed, output);
    assert.deepEqual(rulesIn(output, 'mandatory'), [], output);
    assert.deepEqual(rulesIn(output, 'advisory'), RULES, output);
  });

  it('fails for the same resources with the tag of a replicator’s stack', async () => {
    write({ 'dynamodb-replicator': 'shop' });
    const { passed, output } = await stack.policies();
    assert.equal(passed, false);
    assert.deepEqual(rulesIn(output, 'mandatory'), RULES, output);
  });
});
