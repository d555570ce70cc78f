import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUNDLE, bundle } from '../../image/bundle';
import schema from '../../infra/schema.json';
import { name, peerDependencies } from '../../package.json';
import { RULES } from '../../policy/rules';
import { policiesOfPack, schemaOfPlugin } from '../infra/plugin-host';
import { assertSnapshotText } from '../infra/snapshot-text';
import { skipLoudly } from '../skip-loudly';
import { copyContext } from './build-context';
import { contentsOf } from './contents';
import { installPacked, typeCheck } from './packed-package';

const ROOT = join(__dirname, '../..');
const run = promisify(execFile);

describe('The published package', () => {
  let within: string;
  let consumer: string;
  let installed: string;

  before(async () => {
    within = mkdtempSync(join(tmpdir(), 'replicator-package-'));
    consumer = await installPacked(within);
    installed = join(consumer, 'node_modules', name);
  });
  after(() => rmSync(within, { recursive: true, force: true }));

  it('has exactly the committed files (npm run snapshots rewrites the list: read what changes)', () => {
    assertSnapshotText(join(__dirname, 'contents.txt'), `${contentsOf(installed).join('\n')}\n`);
  });

  it('hosts its components for other languages, with the committed schema', async () => {
    assert.deepEqual(await schemaOfPlugin(installed), JSON.parse(JSON.stringify(schema)));
  });

  it('has the policy pack, compiled, with all rules and the configurations', async () => {
    const pack = join(installed, 'dist/policy');
    assert.deepEqual([...(await policiesOfPack(pack))].sort(), RULES.map((rule) => rule.name).sort());
    for (const stack of ['dev', 'artie', 'prod'])
      assert.ok(JSON.parse(readFileSync(join(pack, 'config', `${stack}.json`), 'utf8')));
  });

  it('has a command that loads no package of Pulumi', async () => {
    const hook = join(consumer, 'without-pulumi.cjs');
    writeFileSync(
      hook,
      `const Module = require('node:module');
       const load = Module._load;
       Module._load = function (request, ...rest) {
         if (request.startsWith('@pulumi/')) throw new Error('loads ' + request);
         return load.call(this, request, ...rest);
       };`,
    );
    const command = join(installed, 'dist/command/cli.js');
    for (const verb of ['--version', 'check', 'estimate', 'plan-table', 'run', 'simulator', 'status'])
      await run(process.execPath, [
        '-r',
        hook,
        command,
        ...(verb === '--version' ? [verb] : [verb, '--help']),
      ]);
    await run(process.execPath, ['-r', hook, '-e', `require('${name}/runtime')`], { cwd: consumer });
    await assert.rejects(run(process.execPath, ['-r', hook, '-e', `require('${name}')`], { cwd: consumer }));
  });

  describe('builds the image from node_modules', () => {
    let source: string;

    before(() => {
      source = join(within, 'source');
      copyContext(installed, source);
    });

    it('with the locked packages', async () => {
      const { stdout, stderr } = await run(
        'npm',
        ['ci', '--dry-run', '--ignore-scripts', '--offline', '--no-audit', '--no-fund'],
        { cwd: source },
      );
      assert.match(stdout + stderr, /added \d{3} packages/);
      const lock = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8');
      assert.equal(lock(source), lock(ROOT));
    });

    it('as this checkout does', async () => {
      symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
      const app = join(within, 'app');
      await run('npm', ['run', 'bundle', '--', '--out', app], { cwd: source });
      const expected = join(within, 'expected');
      await bundle(expected);
      // esbuild names each module with its path from the working directory, in comments too.
      const code = (folder: string) =>
        readFileSync(join(folder, BUNDLE), 'utf8')
          .replaceAll(/(?:\.\.\/|[\w-]+\/)*node_modules\//g, 'node_modules/')
          .replaceAll(/^ *\/\/ .*$/gm, '');
      assert.ok(code(app) === code(expected), `${app} differs from ${expected}`);
    });
  });

  describe('in a program with the oldest versions of Pulumi that it accepts', () => {
    let program: string;

    before(function () {
      const oldest = process.env['OLDEST_PULUMI'];
      if (oldest === undefined) skipLoudly(this, 'OLDEST_PULUMI is not set: see .ci/oldest-pulumi');
      program = join(within, 'oldest');
      const modules = join(program, 'node_modules');
      mkdirSync(join(modules, '@types'), { recursive: true });
      cpSync(installed, join(modules, name), { recursive: true });
      symlinkSync(join(oldest, '@pulumi'), join(modules, '@pulumi'));
      symlinkSync(join(ROOT, 'node_modules/@types/node'), join(modules, '@types/node'));
      copyFileSync(join(ROOT, 'examples/managed-table/index.ts'), join(program, 'index.ts'));
    });

    it('has the first version of each range', () => {
      for (const [dependency, range] of Object.entries(peerDependencies)) {
        const { version } = JSON.parse(
          readFileSync(join(program, 'node_modules', dependency, 'package.json'), 'utf8'),
        ) as { version: string };
        const first = /\d[^ ]*/.exec(range)?.[0];
        assert.equal(version.replace('v', ''), first, `${dependency}: run .ci/oldest-pulumi again`);
      }
    });

    it('takes the program’s own table', () => typeCheck(program, 'index.ts'));

    it('would not take it with packages of its own, as it had', async () => {
      const own = join(program, 'node_modules', name, 'node_modules');
      mkdirSync(own);
      symlinkSync(join(ROOT, 'node_modules/@pulumi'), join(own, '@pulumi'));
      try {
        await assert.rejects(
          typeCheck(program, 'index.ts'),
          /index\.ts\(\d+,\d+\): error TS\d+: Type .*\.Table' is/,
        );
      } finally {
        rmSync(own, { recursive: true });
      }
    });
  });
});
