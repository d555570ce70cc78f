import { readFileSync, rmSync } from 'node:fs';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Backend, Engine, IMAGE, ROOT } from './engine';
import { useSurroundings } from './use-surroundings';

export const EXAMPLES = join(ROOT, 'examples');

interface Project {
  readonly runtime: string;
  readonly config?: Readonly<Record<string, { readonly secret?: boolean }>>;
}

export const projectIn = (folder: string) =>
  parse(readFileSync(join(folder, 'Pulumi.yaml'), 'utf8')) as Project;

/** A program of Pulumi that is deployed as it is. */
export interface Example {
  readonly name: string;
  /** With its Pulumi.yaml. */
  readonly folder: string;
  /**
   * Drift that a refresh finds because moto 5.2 does not store a service's capacity providers. AWS and LocalStack do.
   */
  readonly forgottenByMoto?: readonly string[];
}

/** Tests of the whole life of each: preview, create, deploy again, refresh, destroy. */
export function describeLives(title: string, examples: readonly Example[]): void {
  describe(title, () => {
    const backend = new Backend();
    const lives = new Map<string, Life>();

    const surroundings = useSurroundings();
    before(async () => {
      const { secretArn } = await surroundings();
      assert.ok(secretArn);
      const known = { image: IMAGE, credentialsArn: secretArn, addressArn: secretArn, password: 's3cr3t' };
      for (const example of examples) lives.set(example.name, begin(backend, example, known));
    });
    after(async () => {
      await Promise.allSettled([...lives.values()].map(({ destroyed }) => destroyed));
      backend.remove();
    });

    for (const { name, forgottenByMoto = [] } of examples) {
      describe(name, () => {
        const life = () => lives.get(name) as Life;

        it('can be previewed and created', async () => {
          assert.deepEqual(others('create', await life().previewed), []);
          await life().created;
        });

        it('does not change when deployed again, and has not drifted', async () => {
          const changes = await life().refreshed;
          assert.deepEqual(
            changes.filter((change) => !forgottenByMoto.includes(change)),
            [],
          );
        });

        it('can be destroyed', async () => {
          assert.deepEqual(others('create', await life().destroyed), []);
        });
      });
    }
  });
}

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

function begin(backend: Backend, { folder }: Example, known: Readonly<Record<string, string>>): Life {
  const example = new Engine(backend, folder, 'test');
  const previewed = (async () => {
    const keys = Object.entries(projectIn(folder).config ?? {});
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
        rmSync(join(folder, 'Pulumi.test.yaml'), { force: true });
      }
    });
  // Each stage is awaited by its own test, perhaps much later.
  for (const stage of [previewed, created, refreshed, destroyed]) stage.catch(() => undefined);
  return { previewed, created, refreshed, destroyed };
}
