import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Backend, Engine, ROOT } from './engine';

const EXAMPLES = join(ROOT, 'examples');
const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;

interface Project {
  readonly runtime: string;
  readonly config?: Readonly<Record<string, { readonly secret?: boolean }>>;
}

const projectOf = (name: string) =>
  parse(readFileSync(join(EXAMPLES, name, 'Pulumi.yaml'), 'utf8')) as Project;

/** The examples in TypeScript. Another test checks the one in YAML against the package's schema. */
const names = readdirSync(EXAMPLES).filter((name) => projectOf(name).runtime === 'nodejs');

/**
 * Drift that a refresh finds because moto 5.2 does not store the description of a rule for a security group, and a service's
 * capacity providers. With AWS or LocalStack there is none.
 */
const FORGOTTEN_BY_MOTO: Readonly<Record<string, readonly string[]>> = {
  'own-vpc': ['update aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule own-endpoints'],
  'several-tables': ['replace aws:ecs/service:Service several-service'],
};

describe('the examples', () => {
  const backend = new Backend();
  const surroundings = new Engine(backend, join(__dirname, 'surroundings'), 'test');
  const lives = new Map<string, Life>();

  before(async () => {
    await surroundings.init({ 'aws:region': 'us-east-1' });
    await surroundings.up();
    const { secretArn } = await surroundings.outputs();
    assert.ok(secretArn);
    const known = { image: IMAGE, passwordSecretArn: secretArn, urlSecretArn: secretArn, password: 's3cr3t' };
    for (const name of names) lives.set(name, begin(backend, name, known));
  });
  after(async () => {
    await Promise.allSettled([...lives.values()].map(({ destroyed }) => destroyed));
    await surroundings.destroy();
    rmSync(join(__dirname, 'surroundings/Pulumi.test.yaml'), { force: true });
    backend.remove();
  });

  for (const name of names) {
    describe(name, () => {
      const life = () => lives.get(name) as Life;

      it('can be previewed and created', async () => {
        assert.deepEqual(others('create', await life().previewed), []);
        await life().created;
      });

      it('does not change when deployed again, and has not drifted', async () => {
        const forgotten = FORGOTTEN_BY_MOTO[name] ?? [];
        const changes = await life().refreshed;
        assert.deepEqual(
          changes.filter((change) => !forgotten.includes(change)),
          [],
        );
      });

      it('can be destroyed', async () => {
        assert.deepEqual(others('create', await life().destroyed), []);
      });
    });
  }
});

/** The changes, `OP RESOURCE`, with another operation. */
function others(op: string, changes: readonly string[]): readonly string[] {
  return changes.filter((change) => !change.startsWith(`${op} `));
}

/** The stages of an example. All examples run at the same time, as most of it is waiting. */
interface Life {
  readonly previewed: Promise<readonly string[]>;
  readonly created: Promise<void>;
  /** Planned changes after the example was deployed again without a change, and refreshed. */
  readonly refreshed: Promise<readonly string[]>;
  /** Planned changes after it was destroyed. */
  readonly destroyed: Promise<readonly string[]>;
}

function begin(backend: Backend, name: string, known: Readonly<Record<string, string>>): Life {
  const example = new Engine(backend, join(EXAMPLES, name), 'test');
  const previewed = (async () => {
    const keys = Object.entries(projectOf(name).config ?? {});
    const valuesOf = (secret: boolean) =>
      Object.fromEntries(
        keys
          .filter(([, key]) => (key.secret ?? false) === secret)
          .map(([key]) => [key, known[key] as string]),
      );
    await example.init({ 'aws:region': 'us-east-1', ...valuesOf(false) }, valuesOf(true));
    return example.changes();
  })();
  const created = previewed.then(() => example.up());
  const refreshed = created.then(async () => {
    await example.up('--expect-no-changes');
    await example.refresh();
    return example.changes();
  });
  const destroyed = refreshed
    .catch(() => undefined)
    .then(async () => {
      try {
        await example.destroy();
        return await example.changes();
      } finally {
        rmSync(join(EXAMPLES, name, 'Pulumi.test.yaml'), { force: true });
      }
    });
  // Each stage is awaited by its own test, perhaps much later.
  for (const stage of [previewed, created, refreshed, destroyed]) stage.catch(() => undefined);
  return { previewed, created, refreshed, destroyed };
}
