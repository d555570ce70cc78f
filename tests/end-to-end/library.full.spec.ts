import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, endAll } from './command';
import { assertEqual } from './contents';
import { installPacked, typeCheck } from '../package/packed-package';
import { BUCKET, Source } from './source';

const RATE = 200;

describe('The export ./runtime, from the packed package', () => {
  let within: string;
  let consumer: string;
  let source: Source;

  before(async () => {
    within = mkdtempSync(join(tmpdir(), 'replicator-packed-'));
    consumer = await installPacked(within);
  });
  beforeEach(async () => {
    const knobs = { partitions: 2, exportDurationMs: [60_000, 90_000] as const };
    source = await Source.start({ seed: 22, rate: RATE, knobs });
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
  });
  after(() => rmSync(within, { recursive: true, force: true }));

  /** Runs an ES module of a user of the package. */
  function start(module: string): Command {
    const file = join(consumer, 'program.mjs');
    writeFileSync(file, module);
    return Command.launch([], {
      program: process.execPath,
      before: [file],
      folder: consumer,
      environment: { PATH: process.env['PATH'], HOME: consumer, AWS_EC2_METADATA_DISABLED: 'true' },
    });
  }

  const settings = (tables: readonly string[], to: string) =>
    JSON.stringify({
      tables,
      bucket: `${BUCKET}/here`,
      to,
      endpoint: source.url,
      region: 'eu-west-1',
      clockRate: RATE,
      poll: { minMs: 4_000, exportMs: 10_000 },
    });
  const CREDENTIALS = `{ accessKeyId: 'test', secretAccessKey: 'test' }`;

  it('has types, and the README’s program compiles with them', async () => {
    const readme = readFileSync(join(consumer, 'node_modules/pulumi-dynamodb-replicator/README.md'), 'utf8');
    const example = /```ts\n([^`]*pulumi-dynamodb-replicator\/runtime[^`]*)```/.exec(readme)?.[1];
    assert.ok(example !== undefined);
    writeFileSync(join(consumer, 'example.mts'), example);
    await typeCheck(consumer, 'example.mts');
    writeFileSync(
      join(consumer, 'wrong.mts'),
      example.replace("['orders']", '3').replace('event.name', 'event.nothing'),
    );
    await assert.rejects(typeCheck(consumer, 'wrong.mts'), (error: Error) => {
      assert.match(error.message, /wrong\.mts\(6,\d+\): error TS2322: Type 'number'/);
      assert.match(error.message, /wrong\.mts\(7,\d+\): error TS2339: Property 'nothing'/);
      return true;
    });
  });

  it('replicates until its signal aborts, and reports what happens', async () => {
    const table = source.table('orders', 300);
    const to = join(consumer, 'shop.duckdb');
    const program = start(`
      import { replicate } from 'pulumi-dynamodb-replicator/runtime';
      const stop = new AbortController();
      const names = new Set();
      const outcome = await replicate(${settings(['orders'], to)}, {
        signal: stop.signal,
        credentials: ${CREDENTIALS},
        onEvent: (event) => {
          names.add(event.name);
          if (event.name === 'pipeline.published') console.log('published', event.rows, event.pipeline);
          if (event.name === 'pipeline.published') stop.abort(new Error('enough'));
        },
      });
      console.log(JSON.stringify({ outcome, names: [...names] }));
    `);
    const { code, stdout, stderr } = await program.end();
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^published 300 \d+\/eu-west-1\/orders$/m);
    const { outcome, names } = JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as {
      outcome: unknown;
      names: string[];
    };
    assert.deepEqual(outcome, { failed: [] });
    for (const name of ['export.requested', 'load.progress', 'pipeline.stopped'])
      assert.ok(names.includes(name), name);
    await assertEqual(to, table, 'through the library');
  });

  it('returns the error that stopped a table, rejects wrong settings, and ends if its listener throws', async () => {
    const program = start(`
      import { InvalidSettings, replicate, ReplicatorError } from 'pulumi-dynamodb-replicator/runtime';
      const credentials = ${CREDENTIALS};
      const given = ${settings(['nothing'], join(consumer, 'other.duckdb'))};
      const { failed } = await replicate(given, { credentials });
      const [{ table, error }] = failed;
      console.log(table, error instanceof ReplicatorError, error.kind);
      await replicate({ ...given, tables: [], region: 'nowhere' }).catch((error) => {
        console.log(error instanceof InvalidSettings, /region/.test(error.message));
      });
      const onEvent = () => { throw new Error('not today'); };
      await replicate(given, { credentials, onEvent }).catch((error) => console.log(error.message));
      await replicate(given, { credentials, signal: AbortSignal.abort() }).then(({ failed }) => console.log(failed.length));
    `);
    const { code, stdout, stderr } = await program.end();
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(stdout.trimEnd().split('\n'), ['nothing true fatal', 'true true', 'not today', '0']);
  });
});
