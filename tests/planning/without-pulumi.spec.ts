import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const LOADED = `
  require('./command/main.ts');
  process.stdout.write(Object.keys(require.cache).join('\\n'));
`;

describe('the command, which reads stack files', () => {
  it('does not load Pulumi, which takes seconds and memory', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['-r', './tests/load-typescript.cjs', '-e', LOADED],
      { cwd: ROOT, encoding: 'utf8' },
    );
    const files = stdout.split('\n');
    assert.ok(
      files.some((file) => file.endsWith(join('review', 'stack-file.ts'))),
      stderr,
    );
    assert.deepEqual(
      files.filter((file) => file.includes('@pulumi')),
      [],
    );
  });
});
