import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Backend, Engine } from './engine';

const FOLDER = join(__dirname, 'surroundings');
const STACK = 'test';

let backend: Backend | undefined;
let created: Promise<Readonly<Record<string, string>>> | undefined;
let suites = 0;

/**
 * What every stack of these tests finds in its account: a VPC, tables, and a secret. It is created for the first suite that asks
 * for it and destroyed after the last. Call it inside `describe`.
 * @returns the outputs of tests/stack/surroundings
 */
export function useSurroundings(): () => Promise<Readonly<Record<string, string>>> {
  suites++;
  const outputs = () => (created ??= create());
  before(async () => {
    await outputs();
  });
  after(async () => {
    suites--;
    if (suites === 0) await destroy();
  });
  return outputs;
}

async function create(): Promise<Readonly<Record<string, string>>> {
  backend = new Backend();
  const engine = new Engine(backend, FOLDER, STACK);
  await engine.init({ 'aws:region': 'us-east-1' });
  await engine.up();
  return engine.outputs();
}

async function destroy(): Promise<void> {
  if (backend === undefined) return;
  try {
    await new Engine(backend, FOLDER, STACK).destroy();
  } finally {
    rmSync(join(FOLDER, `Pulumi.${STACK}.yaml`), { force: true });
    backend.remove();
  }
}
