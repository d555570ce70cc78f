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

/** Names of the rules in a preview's mandatory or advisory findings. */
function rulesIn(output: string, level: 'mandatory' | 'advisory'): readonly string[] {
  const line = new RegExp(`\\[${level}\\]\\s+dynamodb-replicator-policies v\\S+\\s+(\\S+)`, 'g');
  // A rule that cannot run in a preview is reported as advisory too, with the reason in the line below.
  return [...output.matchAll(line)]
    .filter(({ index = 0 }) => !/^[^\n]*\n[^\n]*can't run policy/.test(output.slice(index)))
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

  it('fails the preview for mandatory findings: the service account’s user and key', async () => {
    const { passed, output } = await stack.policies();
    assert.equal(passed, false);
    assert.deepEqual(
      rulesIn(output, 'mandatory'),
      ['iam-no-long-lived-key', 'iam-no-long-lived-key'],
      output,
    );
  });

  it('passes the preview with the configuration of dev, and reports what only an update can check', async () => {
    const { passed, output } = await stack.policies(DEV);
    assert.ok(passed, output);
    assert.deepEqual(rulesIn(output, 'mandatory'), []);
    assert.deepEqual(rulesIn(output, 'advisory'), []);
    assert.match(output, /can't run policy 'iam-no-wildcard-resource'/);
  });

  it('reports an advisory finding and passes', async () => {
    const { passed, output } = await configured({ 'ecs-container-insights': { productionStacks: ['*'] } });
    assert.ok(passed, output);
    assert.deepEqual(rulesIn(output, 'advisory'), ['ecs-container-insights']);
  });

  it('fails if that rule is made mandatory', async () => {
    const { passed, output } = await configured({
      'ecs-container-insights': { productionStacks: ['*'], enforcementLevel: 'mandatory' },
    });
    assert.equal(passed, false);
    assert.deepEqual(rulesIn(output, 'mandatory'), ['ecs-container-insights'], output);
  });

  it('finds nothing in the deployed stack, where everything is known', async () => {
    await stack.up('--policy-pack', join(ROOT, 'policy'), '--policy-pack-config', DEV);
    const { passed, output } = await stack.policies(DEV);
    assert.ok(passed, output);
    assert.deepEqual([...rulesIn(output, 'mandatory'), ...rulesIn(output, 'advisory')], [], output);
    assert.doesNotMatch(output, /can't run policy/);
  });
});
