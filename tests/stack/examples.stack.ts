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

/** Those in TypeScript; the one in YAML is checked against the package's schema. */
const names = readdirSync(EXAMPLES).filter((name) => projectOf(name).runtime === 'nodejs');

/**
 * What a refresh finds because moto 5.2 forgets it: the description of a rule that names a security group, and a service's
 * capacity providers. Against AWS or LocalStack there is nothing to find.
 */
const FORGOTTEN_BY_MOTO: Readonly<Record<string, readonly string[]>> = {
  'own-vpc': ['update aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule own-endpoints'],
  'several-tables': ['replace aws:ecs/service:Service several-service'],
};

describe('the examples', () => {
  const backend = new Backend();
  const surroundings = new Engine(backend, join(__dirname, 'surroundings'), 'test');
  let known: Readonly<Record<string, string>>;

  before(async () => {
    await surroundings.init({ 'aws:region': 'us-east-1' });
    await surroundings.up();
    const { secretArn } = await surroundings.outputs();
    assert.ok(secretArn);
    known = { image: IMAGE, passwordSecretArn: secretArn, urlSecretArn: secretArn, password: 's3cr3t' };
  });
  after(async () => {
    await surroundings.destroy();
    rmSync(join(__dirname, 'surroundings/Pulumi.test.yaml'), { force: true });
    backend.remove();
  });

  for (const name of names) {
    describe(name, () => {
      const example = new Engine(backend, join(EXAMPLES, name), 'test');

      before(async () => {
        const keys = Object.entries(projectOf(name).config ?? {});
        const valuesOf = (secret: boolean) =>
          Object.fromEntries(
            keys
              .filter(([, key]) => (key.secret ?? false) === secret)
              .map(([key]) => [key, known[key] as string]),
          );
        await example.init({ 'aws:region': 'us-east-1', ...valuesOf(false) }, valuesOf(true));
      });
      after(async () => {
        await example.destroy();
        rmSync(join(EXAMPLES, name, 'Pulumi.test.yaml'), { force: true });
      });

      it('previews and is created', async () => {
        const changes = await example.changes();
        assert.deepEqual(
          changes.filter((change) => !change.startsWith('create ')),
          [],
        );
        await example.up();
      });

      it('does not change when it is deployed again, and has not drifted', async () => {
        await example.up('--expect-no-changes');
        await example.refresh();
        const changes = await example.changes();
        const forgotten = FORGOTTEN_BY_MOTO[name] ?? [];
        assert.deepEqual(
          changes.filter((change) => !forgotten.includes(change)),
          [],
        );
      });

      it('is destroyed', async () => {
        await example.destroy();
        const changes = await example.changes();
        assert.deepEqual(
          changes.filter((change) => !change.startsWith('create ')),
          [],
        );
      });
    });
  }
});
