import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { EXIT, exitCodeOf, exitCodeOfAll, Interrupted, WrongUse } from '../../runtime/verbs/exit-codes';
import { main } from '../../command/main';
import { textTable } from '../../runtime/verbs/text-table';
import { InvalidSettings } from '../../runtime/config';
import { AnswerCutShort, RemoteError } from '../../runtime/control/protocol';
import { finalMessage } from '../../runtime/errors';
import { Events } from '../../runtime/observe/events';
import { writeLog } from '../../runtime/observe/log';
import { announcement } from '../../runtime/observe/progress';
import { StatusBoard } from '../../runtime/observe/status';
import { CutShort, VerifyFailed } from '../../runtime/pipeline/requests';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';

const VERBS = ['demo', 'check', 'run', 'status', 'verify', 'resync', 'healthcheck', 'simulator'];

async function say(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal();
  const code = await main(words, terminal);
  return { code, out: terminal.written, err: terminal.complained };
}

describe('command line', () => {
  it('lists its verbs in --help', async () => {
    const { code, out } = await say('--help');
    assert.equal(code, EXIT.fine);
    for (const verb of VERBS) assert.match(out, new RegExp(`^  ${verb} `, 'm'));
  });

  for (const verb of VERBS) {
    it(`${verb} --help ends with an example that the command takes`, async () => {
      const { code, out } = await say(verb, '--help');
      assert.equal(code, EXIT.fine);
      const example = /\nExample:\n {2}dynamodb-replicator (.+)\n/.exec(out)?.[1]?.split(' ') ?? [];
      assert.equal(example[0], verb);
      for (const flag of example.filter((word) => word.startsWith('--')))
        assert.ok(out.includes(`  ${flag}`), flag);
    });
  }

  it('describes the destination and the tables of a command that creates none', async () => {
    for (const verb of ['status', 'check', 'verify', 'resync']) {
      const { out, code } = await say(verb, '-h');
      assert.equal(code, EXIT.fine);
      assert.doesNotMatch(out, /which\s+is\s+created/, verb);
    }
    assert.match((await say('verify', '--help')).out, /Tables to verify/);
    assert.match((await say('status', '--help')).out, /--table <NAME>\s+Tables to show/);
    assert.match((await say('run', '--help')).out, /which is\s+created if it does not exist/);
  });

  it('prints its version', async () => {
    assert.match((await say('--version')).out, /^\d+\.\d+\.\d+\n$/);
  });

  it('refuses a missing or unknown command as wrong use, with a suggestion', async () => {
    assert.equal((await say()).code, EXIT.wrongUse);
    const { code, err } = await say('statsu');
    assert.equal(code, EXIT.wrongUse);
    assert.match(err, /did you mean status\?/);
  });

  it('lists unknown flags together with all other problems', async () => {
    const { code, err } = await say(
      'run',
      '--tabel',
      'orders',
      '--bucket',
      's3://x',
      '--deletes=never',
      'what',
    );
    assert.equal(code, EXIT.wrongUse);
    for (const part of [
      '--table?',
      'without s3://',
      'expected hard or soft',
      'what (command line)',
      'to: is required',
    ]) {
      assert.ok(err.includes(part), `${part} is not in\n${err}`);
    }
  });

  it('reads repeated tables, switches and values with =', async () => {
    const { err } = await say('run', '--table', 'one', '--table=one', '--bucket=my-exports', '--to=x.duckdb');
    assert.match(err, /tables \(flag --table\): one is listed more than once/);
    const other = await say(
      'run',
      '--table',
      'one',
      '--bucket=b',
      '--no-drop-replication-attributes',
      '--yes',
    );
    assert.ok(!other.err.includes('such setting'), other.err);
  });

  it('reports a missing value', async () => {
    const { code, err } = await say('check', '--bucket');
    assert.equal(code, EXIT.wrongUse);
    assert.match(err, /argument missing/);
  });

  it('refuses an invalid port', async () => {
    const { code, err } = await say('simulator', '--port', 'http');
    assert.equal(code, EXIT.wrongUse);
    assert.match(err, /--port takes a number from 0 to 65535, not http/);
  });
});

describe('exit codes', () => {
  const cases: [what: string, error: unknown, code: number][] = [
    ['settings that cannot be used', new InvalidSettings([]), 2],
    ['wrong use', new WrongUse('x'), 2],
    ['a gap', new RemoteError('Gap', 'gap', 'x'), 3],
    ['an interruption', new Interrupted('SIGINT'), 4],
    ['work cut short by a pipeline that stopped', new CutShort('verify'), 4],
    ['work cut short by a replicator that stopped', new AnswerCutShort('verify'), 4],
    ['a fatal error', new RemoteError('X', 'fatal', 'x'), 1],
    ['a defect', new TypeError('x'), 1],
  ];
  for (const [what, error, code] of cases)
    it(`${code} for ${what}`, () => assert.equal(exitCodeOf(error), code));

  it('gives a gap priority over other failures of the same run', () => {
    assert.equal(exitCodeOfAll([new TypeError('x'), new RemoteError('Gap', 'gap', 'x')]), 3);
    assert.equal(exitCodeOfAll([new TypeError('x')]), 1);
    assert.equal(exitCodeOfAll([]), 0);
  });
});

describe('an error that ends a command', () => {
  it('asks you to try again, and never promises a retry', () => {
    const shown = (message: string) => finalMessage(new RemoteError('X', 'retry', message));
    assert.equal(shown('The connection broke; it is tried again.'), 'The connection broke; try again.');
    assert.equal(
      shown('A lock is held. It is tried again; see who: x'),
      'A lock is held. Try again; see who: x',
    );
    assert.equal(shown('Full. Trying again.'), 'Full. Try again.');
    assert.equal(shown('Broken. Opening the file again.'), 'Broken. Try again.');
    assert.equal(shown('Held. Retrying; to release it: x'), 'Held. Try again; to release it: x');
    assert.equal(shown('Nothing of the kind.'), 'Nothing of the kind.');
  });

  it('promises a retry only for a table that continues: in the log, on the terminal, in status', () => {
    const error = new RemoteError('X', 'retry', 'The connection broke; it is tried again.');
    const shown = (againMs: number | undefined) => {
      const events = new Events();
      const board = new StatusBoard(events, () => 0);
      const lines: object[] = [];
      const keep = (fields: object) => void lines.push(fields);
      writeLog(
        events,
        { error: keep, warn: keep, info: keep, debug: keep },
        { summaryMs: 1, elapsedMs: () => 0 },
      );
      const event = { pipeline: 'p/t', error, againMs };
      events.emit('pipeline.failed', event);
      return [JSON.stringify(lines), announcement('pipeline.failed', event), board.all()[0]?.error?.message];
    };
    for (const text of shown(undefined)) assert.match(text ?? '', /broke; try again\./);
    for (const text of shown(undefined)) assert.doesNotMatch(text ?? '', /is tried again/);
    for (const text of shown(1_000)) assert.match(text ?? '', /broke; it is tried again\./);
    assert.match(new VerifyFailed(error).message, /broke; try again\./);
  });

  it('asks you to try again when the server does not answer', async () => {
    const { code, err } = await say('status', '--to', 'postgres://nobody@127.0.0.1:1/none');
    assert.equal(code, EXIT.failed);
    assert.match(err, /No answer from .*Try again\.\n$/);
  });
});

describe('a table in text', () => {
  it('aligns numbers right and everything else left, and cuts nothing', () => {
    assert.equal(
      textTable(
        ['name', 'count'],
        [
          ['a', '5'],
          [null, '1,204'],
          ['x'.repeat(60), '7.5'],
        ],
      ),
      [
        `name${' '.repeat(56)}  count`,
        `${'─'.repeat(60)}  ─────`,
        `a${' '.repeat(59)}      5`,
        `NULL${' '.repeat(56)}  1,204`,
        `${'x'.repeat(60)}    7.5`,
      ].join('\n'),
    );
  });

  it('shows headings without rows', () => assert.equal(textTable(['a', 'b'], []), 'a  b\n─  ─'));
});

describe('the process', () => {
  const run = (...words: string[]) =>
    spawnSync(
      process.execPath,
      ['-r', join(__dirname, '../load-typescript.cjs'), join(__dirname, '../../command/cli.ts'), ...words],
      { encoding: 'utf8' },
    );

  it('exits with the code, and prints no warning about Node’s version', () => {
    const { status, stderr, stdout } = run('status', '--to', 'nothing.txt');
    assert.equal(status, EXIT.wrongUse, stderr);
    assert.equal(stdout, '');
    assert.ok(!/Warning/.test(stderr), stderr);
  });
});
