import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Backend, Engine, ROOT } from './engine';

const STACK = 'policytest';
const FILE = join(ROOT, `Pulumi.${STACK}.yaml`);
const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;
const DEV = join(ROOT, 'policy/config/dev.json');

type Settings = Readonly<Record<string, object>>;

/** Names of rules in a preview's mandatory or advisory findings. */
function rulesTold(told: string, level: 'mandatory' | 'advisory'): readonly string[] {
  const line = new RegExp(`\\[${level}\\]\\s+dynamodb-replicator-policies v\\S+\\s+(\\S+)`, 'g');
  // What cannot be looked at in a preview is told as advisory too, in the line below.
  return [...told.matchAll(line)]
    .filter(({ index = 0 }) => !/^[^\n]*\n[^\n]*can't run policy/.test(told.slice(index)))
    .map((match) => match[1] as string)
    .sort();
}

describe('the policy pack in a preview', function () {
  this.bail(true);

  const backend = new Backend();
  const surroundings = new Engine(backend, join(__dirname, 'surroundings'), 'test');
  const stack = new Engine(backend, ROOT, STACK);
  const file = join(backend.folder, 'policies.json');
  const configured = (changes: Settings) => {
    const dev = JSON.parse(readFileSync(DEV, 'utf8')) as Settings;
    writeFileSync(file, JSON.stringify({ ...dev, ...changes }));
    return stack.policies(file);
  };

  before(async () => {
    await surroundings.init({ 'aws:region': 'us-east-1' });
    await surroundings.up();
    const { config } = parse(readFileSync(join(ROOT, 'Pulumi.dev.yaml'), 'utf8')) as {
      config: Record<string, unknown>;
    };
    const changes = { 'aws:region': 'us-east-1', 'dynamodb-replicator:image': { uri: IMAGE } };
    writeFileSync(FILE, stringify({ config: { ...config, ...changes } }));
    await stack.init({}, { destinationPassword: 's3cr3t' });
  });
  after(async () => {
    try {
      await stack.destroy();
      await surroundings.destroy();
    } finally {
      rmSync(FILE, { force: true });
      rmSync(join(__dirname, 'surroundings/Pulumi.test.yaml'), { force: true });
      backend.remove();
    }
  });

  it('fails it by its mandatory findings: the service account’s user and key', async () => {
    const { passed, told } = await stack.policies();
    assert.equal(passed, false);
    assert.deepEqual(rulesTold(told, 'mandatory'), ['iam-no-long-lived-key', 'iam-no-long-lived-key'], told);
  });

  it('passes it with the configuration of dev, and says what only an update can look at', async () => {
    const { passed, told } = await stack.policies(DEV);
    assert.ok(passed, told);
    assert.deepEqual(rulesTold(told, 'mandatory'), []);
    assert.deepEqual(rulesTold(told, 'advisory'), []);
    assert.match(told, /can't run policy 'iam-no-wildcard-resource'/);
  });

  it('shows an advisory finding and lets it pass', async () => {
    const { passed, told } = await configured({ 'ecs-container-insights': { productionStacks: ['*'] } });
    assert.ok(passed, told);
    assert.deepEqual(rulesTold(told, 'advisory'), ['ecs-container-insights']);
  });

  it('fails it where that finding is made mandatory', async () => {
    const { passed, told } = await configured({
      'ecs-container-insights': { productionStacks: ['*'], enforcementLevel: 'mandatory' },
    });
    assert.equal(passed, false);
    assert.deepEqual(rulesTold(told, 'mandatory'), ['ecs-container-insights'], told);
  });

  it('finds nothing in what is deployed, where everything is known', async () => {
    await stack.up('--policy-pack', join(ROOT, 'policy'), '--policy-pack-config', DEV);
    const { passed, told } = await stack.policies(DEV);
    assert.ok(passed, told);
    assert.deepEqual([...rulesTold(told, 'mandatory'), ...rulesTold(told, 'advisory')], [], told);
    assert.doesNotMatch(told, /can't run policy/);
  });
});
