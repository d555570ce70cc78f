import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Backend, editedStackFile, Engine, ROOT } from './engine';
import { useSurroundings } from './use-surroundings';

const STACK = 'policytest';
const FILE = join(ROOT, `Pulumi.${STACK}.yaml`);

/** The policy pack's configuration for that stack. */
export const CONFIGURATION = join(ROOT, 'policy/config/artie.json');

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
  /** A preview with the policy pack, configured as for that stack, with `changes`. */
  configured(changes: Settings): ReturnType<Engine['policies']>;
}

/** The stack of Pulumi.artie.yaml, for previews with the policy pack. Call it inside `describe`. */
export function useCheckedStack(): CheckedStack {
  const backend = new Backend();
  const stack = new Engine(backend, ROOT, STACK);
  const file = join(backend.folder, 'policies.json');
  useSurroundings();
  before(async () => {
    writeFileSync(FILE, editedStackFile());
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
      const usual = JSON.parse(readFileSync(CONFIGURATION, 'utf8')) as Settings;
      writeFileSync(file, JSON.stringify({ ...usual, ...changes }));
      return stack.policies(file);
    },
  };
}
