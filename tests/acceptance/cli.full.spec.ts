import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../acceptance/report';
import { everyday, type Listening, Simulator } from '../../simulator';
import { linePrinted } from '../printed-line';
import { leftIn } from './command';

const ROOT = join(__dirname, '../..');

describe('acceptance: the command itself, over sockets', () => {
  let simulator: Simulator;
  let listening: Listening;
  let folder: string;

  beforeEach(async () => {
    simulator = new Simulator({ knobs: everyday });
    listening = await simulator.listen();
    folder = mkdtempSync(join(tmpdir(), 'acceptance-cli-'));
  });

  afterEach(async () => {
    await listening.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param onText is called with everything printed so far, and may send signals */
  async function run(
    words: readonly string[],
    onText: (said: string, pid: number) => void = () => undefined,
    environment: NodeJS.ProcessEnv = {},
  ) {
    const child = spawn(
      process.execPath,
      ['-r', 'ts-node/register/transpile-only', 'acceptance/cli.ts', ...words, '--report', folder],
      {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          AWS_REGION: simulator.region,
          AWS_ENDPOINT_URL: listening.url,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          ...environment,
        },
      },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        linePrinted(text);
        onText(said, child.pid as number);
      });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, said };
  }

  it('asks, writes the report, and leaves nothing', async () => {
    const { code, said } = await run(['--yes', '--only', 'E26,key-permissions']);
    assert.equal(code, 0, said);
    assert.deepEqual(leftIn({ simulator }), []);
    const report = JSON.parse(readFileSync(join(folder, 'acceptance-report.json'), 'utf8')) as Report;
    assert.equal(report.assumptions.find(({ number }) => number === 'E26')?.verdict, 'holds');
    assert.match(readFileSync(join(folder, 'acceptance-report.md'), 'utf8'), /^## E26: holds$/m);
  });

  it('Ctrl-C ends it soon, with its code, and leaves nothing', async () => {
    let isSent = false;
    const { code, said } = await run(['--yes', '--only', 'E12'], (text, pid) => {
      if (isSent || !text.includes('are made')) return;
      isSent = true;
      process.kill(pid, 'SIGINT');
    });
    assert.equal(code, 4, said);
    assert.match(said, /E12 \(quick\) not asked: Stopped by Ctrl-C\.|Deleted bucket/);
    assert.deepEqual(leftIn({ simulator }), []);
  });

  it('without credentials it says how to get them, and creates nothing', async () => {
    const { code, said } = await run(['--yes'], undefined, {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    assert.equal(code, 1, said);
    assert.match(said, /No AWS credentials were found .*\nNothing was created\.\n$/);
    assert.doesNotMatch(said, /Deleting/);
    assert.deepEqual(leftIn({ simulator }), []);
  });

  it('without a region it is wrong use', async () => {
    const { code, said } = await run(['--yes'], undefined, { AWS_REGION: undefined });
    assert.equal(code, 2, said);
    assert.match(said, /No AWS region is set\. Give --region/);
    assert.deepEqual(leftIn({ simulator }), []);
  });

  it('with an unknown profile it is wrong use', async () => {
    const { code, said } = await run(['--yes'], undefined, { AWS_PROFILE: 'nobody' });
    assert.equal(code, 2, said);
    assert.match(said, /no AWS profile nobody/);
    assert.deepEqual(leftIn({ simulator }), []);
  });

  it('without a terminal and without --yes it creates nothing', async () => {
    const { code, said } = await run(['--quick']);
    assert.equal(code, 2);
    assert.match(said, /Accept the cost with --yes\. Nothing was created\./);
    assert.deepEqual(leftIn({ simulator }), []);
  });
});
