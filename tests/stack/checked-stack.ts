import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Backend, Engine, ROOT } from './engine';
import { useSurroundings } from './use-surroundings';

const STACK = 'policytest';
const FILE = join(ROOT, `Pulumi.${STACK}.yaml`);
const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;

/** The policy pack's configuration for the stack dev. */
export const DEV = join(ROOT, 'policy/config/dev.json');

type Settings = Readonly<Record<string, object>>;

/** Names of the rules with a finding of one level in the output of a preview. */
export function rulesIn(output: string, level: 'mandatory' | 'advisory'): readonly string[] {
  const finding = new RegExp(`- \\[${level}\\] (?:\\[severity: \\w+\\] )? *(\\S+) .*\\n\\s*(.*)`, 'g');
  // A rule that needs a value which only an update knows is reported as advisory too.
  return [...output.matchAll(finding)]
    .filter(([, , text = '']) => !text.startsWith("can't run policy"))
    .map(([, rule]) => rule as string)
    .sort();
}

interface CheckedStack {
  readonly stack: Engine;
  /** A preview with the policy pack, configured as for dev but for `changes`. */
  configured(changes: Settings): ReturnType<Engine['policies']>;
}

/** The stack of Pulumi.dev.yaml, for previews with the policy pack. Call it inside `describe`. */
export function useCheckedStack(): CheckedStack {
  const backend = new Backend();
  const stack = new Engine(backend, ROOT, STACK);
  const file = join(backend.folder, 'policies.json');
  useSurroundings();
  before(async () => {
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
    } finally {
      rmSync(FILE, { force: true });
      backend.remove();
    }
  });
  return {
    stack,
    configured(changes) {
      const dev = JSON.parse(readFileSync(DEV, 'utf8')) as Settings;
      writeFileSync(file, JSON.stringify({ ...dev, ...changes }));
      return stack.policies(file);
    },
  };
}
