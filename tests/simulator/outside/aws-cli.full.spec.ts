import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Listening, ManualClock, Simulator } from '../../../simulator';
import { main } from '../../../command/main';
import { FakeTerminal } from '../../runtime/verbs/fake-terminal';
import { skipLoudly } from '../../skip-loudly';
import { progress } from '../../tiers/progress';

/** Above 8 MB the CLI uploads, downloads and copies in parts. */
const LARGE_BYTES = 9 * 1024 * 1024;
const ODD_NAME = 'sub dir/ü+%&=(1).txt';
const BUCKET = 'aws-cli';

describe('simulator: the AWS CLI and boto3 of PyPI', () => {
  let simulator: Simulator;
  let listening: Listening;
  let folder: string;
  let programs: string;

  beforeEach(async function () {
    programs =
      process.env['OUTSIDE_AWS_CLI'] ??
      skipLoudly(this, 'OUTSIDE_AWS_CLI does not name a folder: .ci/aws-cli installs it');
    // Later than the files below, because sync uploads files that are newer than their objects.
    simulator = new Simulator({ clock: new ManualClock(Date.now() + 60_000) });
    listening = await simulator.listen();
    folder = mkdtempSync(join(tmpdir(), 'aws-cli-'));
    mkdirSync(join(folder, 'here/sub dir'), { recursive: true });
    writeFileSync(join(folder, 'here/a.txt'), 'one');
    writeFileSync(join(folder, 'here', ODD_NAME), 'odd');
    writeFileSync(join(folder, 'here/large'), Buffer.alloc(LARGE_BYTES, 'large'));
  });

  afterEach(async () => {
    await listening?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  /** Runs a program in the folder, with the simulator as its only AWS. @throws Error with its standard error */
  function run(program: string, ...args: string[]): Promise<string> {
    const child = spawn(program, args, {
      cwd: folder,
      env: {
        PATH: `${programs}:${process.env['PATH']}`,
        HOME: folder,
        PYTHONIOENCODING: 'utf-8',
        LC_ALL: 'C.UTF-8',
        AWS_ENDPOINT_URL: listening.url,
        AWS_DEFAULT_REGION: simulator.region,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (out += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (err += piece));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        progress();
        if (code === 0) resolve(out);
        else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${err}${out}`));
      });
    });
  }

  const aws = (...args: string[]): Promise<string> => run('aws', 's3', ...args);
  const python = (...lines: string[]): Promise<string> =>
    run('python', '-c', ['import boto3', ...lines].join('\n'));
  const keys = (): string[] => simulator.s3.listObjects(BUCKET).objects.map(({ key }) => key);
  const here = (name: string): Buffer => readFileSync(join(folder, 'here', name));
  const stored = (key: string): Buffer => simulator.s3.getObject(BUCKET, key).body;

  it('cp, sync, ls, mv, rm --recursive and rb work', async () => {
    const remote = `s3://${BUCKET}`;
    await aws('mb', remote);
    await aws('cp', 'here/a.txt', `${remote}/one/a.txt`);
    await aws('sync', 'here', `${remote}/all`);
    const synced = ['all/a.txt', 'all/large', `all/${ODD_NAME}`];
    assert.deepEqual(keys(), [...synced, 'one/a.txt']);
    for (const name of ['a.txt', 'large', ODD_NAME])
      assert.ok(stored(`all/${name}`).equals(here(name)), name);
    assert.equal(await aws('sync', 'here', `${remote}/all`), '');

    const listed = await aws('ls', '--recursive', remote);
    for (const key of keys()) assert.ok(listed.includes(` ${key}\n`), listed);
    assert.match(await aws('ls', remote), /PRE all\/\n +PRE one\//);

    await aws('sync', `${remote}/all`, 'back');
    for (const name of ['a.txt', 'large', ODD_NAME]) {
      assert.ok(readFileSync(join(folder, 'back', name)).equals(here(name)), name);
    }

    await aws('cp', `${remote}/all/large`, `${remote}/copy/large`);
    assert.ok(stored('copy/large').equals(here('large')));
    await aws('mv', `${remote}/one/a.txt`, `${remote}/two/${ODD_NAME}`);
    assert.ok(stored(`two/${ODD_NAME}`).equals(here('a.txt')));
    const presigned = await fetch((await aws('presign', `${remote}/all/a.txt`)).trim());
    assert.equal(await presigned.text(), 'one');

    await aws('rm', '--recursive', `${remote}/all`);
    assert.deepEqual(keys(), ['copy/large', `two/${ODD_NAME}`]);
    await assert.rejects(aws('rb', remote), /BucketNotEmpty/);
    await aws('rb', '--force', remote);
    assert.equal(await aws('ls'), '');
  });

  it('the commands that the simulator prints work unchanged', async () => {
    const terminal = new FakeTerminal();
    const ended = main(['simulator', '--port', '0'], terminal);
    while (!terminal.written.includes('To replicate it')) await new Promise(setImmediate);
    const commands = /\n {2}export AWS_ENDPOINT_URL[^]*?\n\n/.exec(terminal.written)?.[0] ?? '';
    const example = /\n {2}aws dynamodb create-table[^]*?\n\n/.exec(terminal.written)?.[0] ?? '';
    assert.ok(commands && example, terminal.written);
    const out = await run('sh', '-ec', `${commands}\n${example}`);
    for (const part of [
      '"TableName": "orders"',
      '"PointInTimeRecoveryStatus": "ENABLED"',
      '"ExportStatus"',
    ]) {
      assert.ok(out.includes(part), `${part} is not in ${out}`);
    }
    terminal.interrupt();
    await ended;
  });

  it('boto3 lists by both versions, deletes what it lists, and tags', async () => {
    simulator.s3.createBucket(BUCKET);
    const names = ['plain', 'a/b c', 'a/+%&=', "q'(1)*!~", 'ü/😀'];
    for (const name of names) simulator.s3.putObject(BUCKET, name, Buffer.from('x'));
    const out = await python(
      `client = boto3.client('s3')`,
      `for operation in ['list_objects', 'list_objects_v2']:`,
      `  for delimiter in ['', '/']:`,
      `    found = []`,
      `    for page in client.get_paginator(operation).paginate(Bucket='${BUCKET}', Delimiter=delimiter, PaginationConfig={'PageSize': 2}):`,
      `      found += [each['Key'] for each in page.get('Contents', [])] + [each['Prefix'] for each in page.get('CommonPrefixes', [])]`,
      `    print(*sorted(found), sep='|')`,
      `tags = {'TagSet': [{'Key': 'team', 'Value': 'a & b'}]}`,
      `client.put_bucket_tagging(Bucket='${BUCKET}', Tagging=tags)`,
      `print(client.get_bucket_tagging(Bucket='${BUCKET}')['TagSet'] == tags['TagSet'])`,
      `client.delete_bucket_tagging(Bucket='${BUCKET}')`,
      `bucket = boto3.resource('s3').Bucket('${BUCKET}')`,
      `bucket.objects.filter(Prefix='a/').delete()`,
      `print(*[each.key for each in bucket.objects.all()], sep='|')`,
    );
    const all = [...names].sort().join('|');
    const grouped = ['plain', 'a/', "q'(1)*!~", 'ü/'].sort().join('|');
    const rest = ['plain', "q'(1)*!~", 'ü/😀'].sort().join('|');
    assert.deepEqual(out.trim().split('\n'), [all, grouped, all, grouped, 'True', rest]);
  });
});
