import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { contentOf, withComparableContext } from '../../review/image-context';
import type { RecordedResource } from '../../review/record-program';

const imageOf = (location: string): RecordedResource => ({
  type: 'docker-build:index:Image',
  name: 'replicator-image',
  urn: 'urn:pulumi:dev::dynamodb-replicator::docker-build:index:Image::replicator-image',
  inputs: { context: { location }, platforms: ['linux/arm64'] },
  outputs: {},
});

describe('the image in a review', () => {
  let folder: string;
  let mine: string;
  let other: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'contexts-'));
    mine = join(folder, 'mine');
    other = join(folder, 'elsewhere/other');
    mkdirSync(join(mine, 'runtime/config'), { recursive: true });
    writeFileSync(join(mine, '.dockerignore'), '# only this\n*\n!runtime\n!package.json\n!absent\n');
    writeFileSync(join(mine, 'Dockerfile'), 'FROM scratch\n');
    writeFileSync(join(mine, 'package.json'), '{}\n');
    writeFileSync(join(mine, 'runtime/config/schema.ts'), 'export {};\n');
    cpSync(mine, other, { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const inputsOf = (root: string, location = root) => withComparableContext(imageOf(location), root).inputs;

  it('is the same from two checkouts with the same content, however its context is named', () => {
    const inputs = inputsOf(mine);
    assert.deepEqual(inputsOf(other), inputs);
    assert.deepEqual(inputsOf(other, '.'), inputs);
    assert.deepEqual(inputsOf(other, relative(process.cwd(), other)), inputs);
    assert.deepEqual(inputs['platforms'], ['linux/arm64']);
  });

  it('is the same after changes that Docker does not copy, and at another time', () => {
    const before = contentOf(mine);
    writeFileSync(join(mine, 'README.md'), 'new\n');
    utimesSync(join(mine, 'package.json'), new Date(0), new Date(0));
    assert.equal(contentOf(mine), before);
  });

  const changes: Readonly<Record<string, () => void>> = {
    'a file is changed': () =>
      writeFileSync(join(other, 'runtime/config/schema.ts'), 'export const a = 1;\n'),
    'a file is added': () => writeFileSync(join(other, 'runtime/new.ts'), ''),
    'a file is renamed': () => {
      cpSync(join(other, 'runtime/config'), join(other, 'runtime/settings'), { recursive: true });
      rmSync(join(other, 'runtime/config'), { recursive: true });
    },
    'the Dockerfile is changed': () => writeFileSync(join(other, 'Dockerfile'), 'FROM busybox\n'),
  };
  for (const [what, change] of Object.entries(changes))
    it(`is another when ${what}`, () => {
      change();
      assert.notDeepEqual(inputsOf(other), inputsOf(mine));
    });

  it('is another when its context is another folder of the checkout', () => {
    assert.notDeepEqual(inputsOf(mine, join(mine, 'runtime')), inputsOf(mine));
  });

  it('leaves other resources alone', () => {
    const resource = { ...imageOf(mine), type: 'aws:s3/bucket:Bucket' };
    assert.equal(withComparableContext(resource, mine), resource);
  });
});
