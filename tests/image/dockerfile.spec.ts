import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../image/bundle';
import { containerDefinitions, HEALTH_PORT, IMAGE_LAYOUT } from '../../infra/plan/container';
import { readHealthSettings } from '../../runtime/config';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** The instructions of the Dockerfile, with continued lines joined. */
const instructions: readonly Instruction[] = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [, name = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return { name, value };
  });

/** In the folder image/, which is included as a whole. */
const LOCK_FILE_OF_PACKAGE = 'image/package-lock.json';

const all = (name: string) => instructions.filter((each) => each.name === name).map(({ value }) => value);
const last = (name: string) => all(name).at(-1) ?? '';

describe('Dockerfile', () => {
  const [definition] = JSON.parse(
    containerDefinitions({ image: 'i', environment: {}, secrets: {}, log: { group: 'g', region: 'r' } }),
  ) as { command: string[]; user: string; healthCheck: { command: string[] } }[];

  it('has the layout that the container’s definition relies on', () => {
    assert.equal(last('USER'), IMAGE_LAYOUT.user);
    assert.equal(last('USER'), definition?.user);
    assert.deepEqual(JSON.parse(last('ENTRYPOINT')), [IMAGE_LAYOUT.node, IMAGE_LAYOUT.bundle]);
    assert.deepEqual(JSON.parse(last('CMD')), definition?.command);
    assert.equal(last('WORKDIR'), IMAGE_LAYOUT.temporary);
    const check = /CMD (\[.*\])$/.exec(last('HEALTHCHECK'))?.[1] ?? '';
    assert.deepEqual(['CMD', ...(JSON.parse(check) as string[])], definition?.healthCheck.command);
    assert.equal(
      last('COPY'),
      `--from=build ${dirname(IMAGE_LAYOUT.bundle)} ${dirname(IMAGE_LAYOUT.bundle)}`,
    );
  });

  it('has a volume of its user for temporary files, whose owner Fargate gives to the folder that it mounts there', () => {
    const { temporary, user } = IMAGE_LAYOUT;
    assert.deepEqual(JSON.parse(last('VOLUME')), [temporary]);
    const at = (name: string, value: string) =>
      instructions.findIndex((each) => each.name === name && each.value.includes(value));
    const copied = at('COPY', ` --chown=${user} /temporary ${temporary}`);
    assert.ok(copied > 0);
    // What is written to a folder after it is declared a volume is lost.
    assert.ok(copied < at('VOLUME', temporary));
    assert.match(all('RUN').join('\n'), /mkdir --mode=1777 \/temporary$/m);
  });

  it('sets only settings that the replicator knows, and the health port of the container’s definition', () => {
    const environment = Object.fromEntries(
      last('ENV')
        .split(' ')
        .map((pair) => pair.split('=') as [string, string]),
    );
    assert.deepEqual(readHealthSettings({ flags: {}, environment }), { port: HEALTH_PORT });
    assert.equal(environment['DYNAMODB_REPLICATOR_ON_GAP'], 'wait');
  });

  it('takes its base images as arguments, whose defaults have no digest', () => {
    const [build = '', runtime = ''] = all('FROM');
    assert.equal(build, '--platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build');
    assert.equal(runtime, '${RUNTIME_IMAGE}');
    for (const base of all('ARG').filter((value) => /^\w+_IMAGE=/.test(value))) {
      assert.match(base, /^\w+=[a-z0-9./-]+:[a-z0-9.-]+$/);
    }
  });

  it('describes the image in OCI labels', () => {
    const labels = [...last('LABEL').matchAll(/org\.opencontainers\.image\.([a-z.]+)="/g)].map(
      ([, key]) => key,
    );
    assert.deepEqual(labels.sort(), [
      ...['base.name', 'created', 'description', 'licenses', 'revision', 'title', 'version'],
    ]);
    const { description } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      description: string;
    };
    assert.ok(last('LABEL').includes(`description="${description}"`));
  });

  it('copies exactly what .dockerignore includes', () => {
    const copied = all('COPY')
      .filter((value) => !value.startsWith('--from'))
      .flatMap((value) => value.split(' ').slice(0, -1))
      // Files that may be missing: in a clone those of an installed package, and the other way round.
      .map((path) => path.replace(/\*$/, ''))
      .filter((path) => path !== LOCK_FILE_OF_PACKAGE);
    const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    assert.deepEqual(copied.sort(), allowed.sort());
    for (const path of copied) assert.ok(existsSync(join(ROOT, path)), path);
  });
});
