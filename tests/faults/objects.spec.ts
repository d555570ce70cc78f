import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AwsFault } from '../../runtime/aws/faults';
import type { ObjectRange } from '../../runtime/aws/services';
import {
  DataFileCorrupt,
  DataFileMissing,
  ManifestRefused,
  ObjectChanged,
} from '../../runtime/export/errors';
import type { FaultAnswer } from '../../simulator';
import { HOUR, MINUTE } from '../simulation/world';
import { full, quickIf } from '../tiers/tier';
import { closeWorlds, IMPATIENT, WireWorld } from './wire-world';

/** Reads of an object: start and condition of each. */
function reads(world: WireWorld, keyPart: string): ObjectRange[] {
  return world.calls
    .filter(({ method, args }) => method === 'getObject' && String(args[1]).includes(keyPart))
    .map(({ args }) => args[2] as ObjectRange);
}

/** Calls `work` before the n-th read of an object whose key contains `keyPart`. */
function beforeRead(world: WireWorld, keyPart: string, n: number, work: (key: string) => void): void {
  let seen = 0;
  world.onCall = ({ method, args }) => {
    const key = String(args[1]);
    if (method === 'getObject' && key.includes(keyPart) && ++seen === n) work(key);
  };
}

const bytesOf = (world: WireWorld, key: string): Buffer =>
  world.simulator.store.getObject(world.bucket, key).body;
const store = (world: WireWorld, key: string, body: Buffer): unknown =>
  world.simulator.store.putObject(world.bucket, key, body);
const md5 = (body: Buffer): string => createHash('md5').update(body).digest('base64');

/** Replaces a data file and updates the manifest, except for the number of items, which `change` returns. */
function forge(world: WireWorld, change: (lines: string[]) => { lines: string[]; items: number }): string {
  const summaryKey = world.calls.findLast(({ method }) => method === 'getObject')?.args[1] as string;
  const folder = summaryKey.slice(0, summaryKey.lastIndexOf('/') + 1);
  const listed = bytesOf(world, `${folder}manifest-files.json`)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { itemCount: number; md5Checksum: string; dataFileS3Key: string });
  const forged = listed.find(({ itemCount }) => itemCount > 1);
  assert(forged);
  const lines = gunzipSync(bytesOf(world, forged.dataFileS3Key)).toString().trim().split('\n');
  const changed = change(lines);
  const body = gzipSync(`${changed.lines.join('\n')}\n`);
  store(world, forged.dataFileS3Key, body);
  forged.itemCount = changed.items;
  forged.md5Checksum = md5(body);
  const summary = JSON.parse(bytesOf(world, `${folder}manifest-summary.json`).toString()) as {
    itemCount: number;
  };
  summary.itemCount = listed.reduce((sum, { itemCount }) => sum + itemCount, 0);
  const write = (name: string, text: string): void => {
    store(world, `${folder}${name}.json`, Buffer.from(text));
    store(world, `${folder}${name}.md5`, Buffer.from(md5(Buffer.from(text))));
  };
  write('manifest-files', `${listed.map((line) => JSON.stringify(line)).join('\n')}\n`);
  write('manifest-summary', JSON.stringify(summary));
  return forged.dataFileS3Key;
}

describe('faults/objects', () => {
  afterEach(closeWorlds);

  for (const [what, keyPart] of [
    ['data file', '/data/'],
    ['manifest', 'manifest-files.json'],
  ] as const) {
    for (const answer of [
      { kind: 'cut', afterBytes: 100 },
      { kind: 'cut', afterBytes: -1 },
      { kind: 'stall', afterBytes: 100 },
    ] as const) {
      quickIf(answer.kind === 'cut').it(
        `F28: a ${what} whose body ${answer.kind === 'cut' ? 'is cut' : 'stalls'} (${answer.afterBytes}) three times: continues from there`,
        async () => {
          const world = await WireWorld.open({ timeouts: IMPATIENT });
          world.fault('GetObject', answer, { containing: keyPart, times: 3 });
          await world.loadThrough();
          const resumed = reads(world, keyPart).filter(({ offset }) => offset > 0);
          assert(resumed.length > 0, 'no read went on where it had stopped');
          for (const { ifMatch } of resumed) assert.match(ifMatch ?? '', /^"/);
        },
      );
    }
  }

  it('F28: SlowDown in the middle of a file: continues from there, however long it lasts', async () => {
    const world = await WireWorld.open();
    world.fault('GetObject', { kind: 'cut', afterBytes: 50 }, { containing: '/data/', nth: 1 });
    world.fault(
      'GetObject',
      { kind: 'error', type: 'SlowDown', status: 503 },
      { containing: '/data/', times: 30 },
    );
    await world.loadThrough();
    assert.deepEqual(
      reads(world, '/data/')
        .slice(0, 32)
        .map(({ offset }) => offset > 0),
      [false, ...Array.from({ length: 31 }, () => true)],
    );
  });

  it('F28: a slow body is not an error', async () => {
    // The whole body takes longer than the silence limit; each chunk arrives long before it, even on a slow machine.
    const world = await WireWorld.open({ timeouts: { socketMs: 1_000 } });
    world.fault('GetObject', { kind: 'slow', pieceBytes: 4, everyMs: 10 }, { containing: '/data/' });
    await world.loadThrough();
    assert(reads(world, '/data/').every(({ offset }) => offset === 0));
  });

  it('F28: a file that is replaced while it is read (412): stops and names it', async () => {
    const world = await WireWorld.open();
    world.fault('GetObject', { kind: 'cut', afterBytes: 50 }, { containing: '/data/', nth: 1 });
    let replaced = '';
    beforeRead(world, '/data/', 2, (key) => {
      replaced = key;
      store(world, key, Buffer.concat([bytesOf(world, key), Buffer.alloc(100)]));
    });
    const failure = await world.errorOf(world.start());
    assert(failure instanceof ObjectChanged);
    assert.equal(failure.kind, 'fatal');
    assert.equal(failure.file, `s3://exports/${replaced}`);
    assert(failure.message.includes(`aws s3api list-object-versions --bucket exports --prefix ${replaced}`));
    assert.deepEqual([...world.visible()], []);
  });

  it('F28: a service that ignores the range and sends the whole object again: loads nothing twice', async () => {
    const world = await WireWorld.open();
    world.fault('GetObject', { kind: 'cut', afterBytes: 50 }, { containing: '/data/', nth: 1 });
    let whole: Buffer = Buffer.alloc(0);
    beforeRead(world, '/data/', 2, (key) => {
      whole = bytesOf(world, key);
      const text = `x${whole.toString('latin1')}`;
      world.fault(
        'GetObject',
        { kind: 'body', status: 200, contentType: 'application/gzip', body: text },
        { containing: '/data/', times: 1 },
      );
    });
    await world.loadThrough();
    assert(whole.length > 0);
  });

  for (const [what, answer, code] of [
    ['a data file is gone', { kind: 'error', type: 'NoSuchKey', status: 404 }, 'NoSuchKey'],
    ['the bucket is gone', { kind: 'error', type: 'NoSuchBucket', status: 404 }, 'NoSuchBucket'],
  ] as const) {
    it(`F27: ${what}: stops, names it and says what to do; a resync repairs it`, async () => {
      const world = await WireWorld.open();
      world.fault('GetObject', answer, { containing: '/data/' });
      const failure = await world.errorOf(world.start());
      assert.equal(failure.kind, 'fatal');
      const fault = failure instanceof DataFileMissing ? failure.cause : failure;
      assert(fault instanceof AwsFault);
      assert.equal(fault.code, code);
      assert.match(
        failure.message,
        code === 'NoSuchKey'
          ? /s3:\/\/exports\/replicator\/AWSDynamoDB\/.*does not exist\..*aws s3 ls s3:\/\/exports.*load from a new export: dynamodb-replicator resync --table orders --bucket exports\/replicator --to memory$/
          : /There is no bucket exports.*aws s3 mb s3:\/\/exports/,
      );
      assert.deepEqual([...world.visible()], []);
      world.simulator.faults.clear();
      const process = world.start({ resync: true });
      await world.busy(MINUTE);
      await world.assertRecovers(process);
    });
  }

  full.it(
    'F27: a data file is gone, and S3 denies it to a caller who may not list: waits six hours, and stops with the statement that tells which',
    async () => {
      const poll = { minMs: 30_000, maxMs: 300_000, listShardsMs: 300_000, exportMs: 10_000 };
      const world = await WireWorld.open({ settings: { poll } });
      const allow = (...denied: string[]) =>
        world.simulator.iam.putUser('arn:aws:iam::123456789012:user/replicator', {
          accessKeyId: 'AKIDEXAMPLE',
          policies: [
            {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Action: '*', Resource: '*' },
                ...denied.map((Action) => ({ Effect: 'Deny', Action, Resource: '*' })),
              ],
            },
          ],
        });
      allow();
      let gone = '';
      beforeRead(world, '/data/', 1, (key) => {
        gone = key;
        world.simulator.store.deleteObject(world.bucket, key);
        allow('s3:ListBucket');
      });
      const process = world.start();
      await world.untilAlive(process, () => gone !== '', 'it was deleted');
      await world.clock.advance(5 * HOUR);
      assert.ok(process.isAlive);
      const failure = await world.errorOf(process, 2 * HOUR);
      assert(failure instanceof AwsFault);
      assert.equal(failure.httpStatus, 403);
      assert.ok(
        failure.message.includes(
          `s3://exports/${gone} is missing, or not allowed to be read: without s3:ListBucket, S3 does not say which.`,
        ),
        failure.message,
      );
      assert.match(failure.message, /"Action":"s3:ListBucket","Resource":"arn:aws:s3:::exports"/);
      assert.ok(reads(world, gone).length < 200);
      assert.equal(world.exportArns().length, 1);

      allow();
      const named = await world.errorOf(world.start());
      assert(named instanceof DataFileMissing);
      assert.equal(named.file, `s3://exports/${gone}`);
    },
  );

  it('F27: there is no such bucket: stops before it writes or requests anything', async () => {
    const world = await WireWorld.open();
    world.simulator.store.deleteBucket(world.bucket);
    const failure = await world.errorOf(world.start(), MINUTE);
    assert.match(
      failure.message,
      /There is no bucket exports\. Create it: aws s3 mb s3:\/\/exports --region eu-west-1/,
    );
    assert.equal(world.pipeline, undefined);
    assert.deepEqual(world.exportArns(), []);
  });

  it('F27: another account’s bucket denies access: stops before it writes anything', async () => {
    const world = await WireWorld.open();
    world.fault('HeadBucket', { kind: 'error', type: 'Forbidden', status: 403 });
    const failure = await world.errorOf(world.start(), MINUTE);
    assert.match(failure.message, /s3:ListBucket.*aws s3api get-bucket-policy --bucket exports/);
    assert.equal(world.pipeline, undefined);
  });

  const damages: readonly [string, 'gzip' | 'MD5', FaultAnswer][] = [
    ['a byte in its middle is changed', 'gzip', { kind: 'corrupt', offset: 60 }],
    [
      'a byte of its gzip header is changed, which only the MD5 reveals',
      'MD5',
      { kind: 'corrupt', offset: 9 },
    ],
    ['a byte of its gzip checksum is changed', 'gzip', { kind: 'corrupt', offset: -6 }],
    ['it ends early although the response is complete', 'gzip', { kind: 'truncate', toBytes: -20 }],
    ['it is empty', 'gzip', { kind: 'truncate', toBytes: 0 }],
    [
      'it is a page of HTML',
      'gzip',
      { kind: 'body', status: 200, contentType: 'text/html', body: '<html>Hello</html>' },
    ],
  ];
  for (const [what, kind, answer] of damages) {
    quickIf(what === damages[0]?.[0]).it(
      `F29: ${what}, twice: reads it again and loads nothing twice`,
      async () => {
        const world = await WireWorld.open();
        const fault = world.fault('GetObject', answer, { containing: '/data/', times: 2 });
        await world.loadThrough();
        assert.equal(fault.hits, 2);
      },
    );

    quickIf(what === damages[0]?.[0]).it(
      `F29: ${what}, always: stops, names the file, and keeps nothing of it`,
      async () => {
        const world = await WireWorld.open();
        world.fault('GetObject', answer, { containing: '/data/' });
        const failure = await world.errorOf(world.start());
        assert(failure instanceof DataFileCorrupt);
        assert.equal(failure.kind, 'fatal');
        assert.equal(failure.what, kind);
        assert(world.dataFiles().some((key) => failure.file === `s3://exports/${key}`));
        assert(failure.message.includes(failure.file));
        assert.match(
          failure.message,
          /Load from a new export: dynamodb-replicator resync --table orders --bucket exports\/replicator --to memory$/,
        );
        assert.equal(reads(world, failure.file.slice('s3://exports/'.length)).length, 3, 'three tries');
        assert.deepEqual(world.pipeline?.ledger.shadow, []);

        world.simulator.faults.clear();
        await world.loadThrough();
      },
    );
  }

  for (const [what, kind, change] of [
    ['more items than it has', 'items', (lines: string[]) => ({ lines, items: lines.length + 1 })],
    ['fewer items than it has', 'items', (lines: string[]) => ({ lines, items: lines.length - 1 })],
    [
      'an item that is cut off',
      'line',
      (lines: string[]) => ({ lines: [...lines.slice(1), '{"Item":{"id":{"S":"item'], items: lines.length }),
    ],
    [
      'an item without its key',
      'line',
      (lines: string[]) => ({ lines: [...lines.slice(1), '{"Item":{"v":{"N":"1"}}}'], items: lines.length }),
    ],
    [
      'a line that is not an item',
      'line',
      (lines: string[]) => ({ lines: [...lines.slice(1), '{"Keys":{"id":{"S":"x"}}}'], items: lines.length }),
    ],
  ] as const) {
    it(`F29: the manifest lists a file with ${what}: stops and names the file`, async () => {
      const world = await WireWorld.open();
      let forged = '';
      beforeRead(world, 'manifest-summary', 1, () => (forged = forge(world, change)));
      const failure = await world.errorOf(world.start());
      assert(failure instanceof DataFileCorrupt);
      assert.equal(failure.what, kind);
      assert.equal(failure.file, `s3://exports/${forged}`);
      if (kind === 'line') assert.match(failure.message, /line \d+:/);
      assert.equal(reads(world, forged).length, 3, 'three tries');
      assert.deepEqual([...world.visible()], []);
    });
  }

  const wrongs: readonly [string, FaultAnswer][] = [
    ['absent', { kind: 'error', type: 'NoSuchKey', status: 404 }],
    ['wrong', { kind: 'corrupt', offset: 3 }],
    ['cut off', { kind: 'truncate', toBytes: 12 }],
  ];
  const MANIFEST = [
    'manifest-summary.json',
    'manifest-summary.md5',
    'manifest-files.json',
    'manifest-files.md5',
  ];
  for (const [what, answer] of wrongs) {
    for (const [one, other] of [
      [MANIFEST[0], MANIFEST[3]],
      [MANIFEST[1], MANIFEST[2]],
    ]) {
      quickIf(what === wrongs[0]?.[0]).it(
        `F30: first ${one} is ${what}, then ${other}: reads it again`,
        async () => {
          const world = await WireWorld.open();
          const faults = [one, other].map((file) =>
            world.fault('GetObject', answer, { containing: file!, times: 1 }),
          );
          await world.loadThrough();
          for (const { hits } of faults) assert.equal(hits, 1);
        },
      );
    }

    for (const file of MANIFEST) {
      quickIf(what === wrongs[0]?.[0]).it(
        `F30: ${file} is always ${what}: rejects it by name and loads nothing`,
        async () => {
          const world = await WireWorld.open();
          const fault = world.fault('GetObject', answer, { containing: file });
          const failure = await world.errorOf(world.start());
          assert(failure instanceof ManifestRefused);
          assert.equal(failure.kind, 'fatal');
          assert(failure.file.includes(`/${file.slice(0, file.indexOf('.'))}.`), failure.file);
          assert.match(
            failure.message,
            /cannot be trusted.*then load from a new export: dynamodb-replicator resync --table orders --bucket/,
          );
          assert.equal(fault.hits, 3);
          assert.equal(reads(world, '/data/').length, 0);
          assert.deepEqual([...world.visible()], []);
        },
      );
    }
  }
});
