import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { full } from '../tiers/tier';
import { Command, endAll } from './command';
import { query } from './replica';

/** Fast enough to be part of `npm test`. */
const FAST = ['--clock-rate', '300'];

describe('What a newcomer sees of npm start', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-newcomer-'))));
  afterEach(async () => {
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the demo into a pipe: phases, two tables, no differences, the lag, and a file to open', async () => {
    const demo = Command.start(['demo', ...FAST], folder);
    const { code, stdout, stderr } = await demo.end();
    assert.equal(code, 0, stdout + stderr);
    assert.equal(stderr, '');
    for (const table of ['bird-strikes', 'product-catalog']) {
      for (const step of ['exporting', 'loading', 'publishing', 'following']) {
        assert.match(stdout, new RegExp(`^${table} +${step}`, 'm'));
      }
      assert.match(stdout, new RegExp(`^${table}: [\\d,]+ rows compared, 0 differences`, 'm'));
    }
    assert.equal(stdout.match(/^> SELECT/gm)?.length, 2, 'two queries');
    assert.equal(stdout.match(/^ *──/gm)?.length, 2, 'with their answers as tables');
    assert.match(stdout, /^Lag: median [\d.]+ s, maximum [\d.]+ s \(.* simulated\)\.$/m);
    // oxlint-disable-next-line no-control-regex -- the test asserts that there are none
    assert.doesNotMatch(stdout, /\u001b/, 'a pipe gets no escape sequences');
    const path = /^The rows are in (.*\.duckdb)\. To query them: duckdb /m.exec(stdout)?.[1];
    assert.equal(path, join(folder, '.replicator', 'demo.duckdb'));
    const [strikes] = await query(path, 'SELECT count(*)::INTEGER AS rows FROM "bird-strikes"');
    assert.ok(Number(strikes?.['rows']) > 1_000);
    assertNothingLeft(demo);
  });

  full.it('demo --follow continues until Ctrl-C and stops cleanly', async () => {
    const demo = Command.start(['demo', '--follow', '--to', 'followed.duckdb'], folder);
    await demo.line('that it continues', ({ text }) => text.includes('Press Ctrl-C to stop'));
    demo.send('SIGINT');
    const { code, stdout, stderr } = await demo.end();
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^The rows are in .*followed\.duckdb\./m);
    assertNothingLeft(demo);
  });

  full.it('a demo that is interrupted ends with 4 and leaves nothing running', async () => {
    const demo = Command.start(['demo'], folder);
    await demo.line('that it exports', ({ text }) => text.includes('exporting'));
    demo.send('SIGINT');
    const { code, stdout, stderr } = await demo.end();
    assert.equal(code, 4, stdout + stderr);
    assertNothingLeft(demo);
  });
});

/** Asserts that neither the process nor one that it started is running: its process group is empty. */
function assertNothingLeft(command: Command): void {
  assert.throws(() => process.kill(-command.pid, 0), { code: 'ESRCH' });
}
