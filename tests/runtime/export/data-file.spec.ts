import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Decompress, readBlocks } from '../../../runtime/export/data-file';
import { DataFileCorrupt, DataFileMissing, ObjectChanged } from '../../../runtime/export/errors';
import type { DataFile } from '../../../runtime/export/manifest';
import { HandClock } from '../aws/hand-clock';
import { ScriptedServer, sdkAt } from '../aws/scripted-server';
import { FakeBucket } from './fake-bucket';

const KEY = 'p/AWSDynamoDB/1/data/abc.json.gz';
const MIB = 1024 * 1024;

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

function entry(compressed: Uint8Array, items: number): DataFile {
  return { key: KEY, items, md5: md5(compressed), etag: undefined };
}

/** Lines that hardly compress. */
function lines(count: number, bytesEach: number): string {
  const noise = randomFillSync(Buffer.alloc(Math.ceil((count * bytesEach) / 2))).toString('hex');
  return Array.from(
    { length: count },
    (_, i) => `${i}:${noise.slice(i * bytesEach, (i + 1) * bytesEach)}\n`,
  ).join('');
}

async function textOf(blocks: AsyncIterable<Uint8Array>): Promise<{ text: string; blocks: Buffer[] }> {
  const all: Buffer[] = [];
  for await (const block of blocks) all.push(Buffer.from(block));
  return { text: Buffer.concat(all).toString(), blocks: all };
}

describe('Reading a data file of an export (rule X1)', () => {
  let bucket: FakeBucket;
  let clock: HandClock;
  beforeEach(() => {
    bucket = new FakeBucket();
    clock = new HandClock();
  });

  function put(text: string, level = 1): { compressed: Buffer; file: DataFile } {
    const compressed = gzipSync(text, { level });
    bucket.put(KEY, compressed);
    return { compressed, file: entry(compressed, text.split('\n').length - 1) };
  }

  const read = (file: DataFile, decompress?: Decompress) =>
    readBlocks(bucket.services, 'b', file, { clock, decompress });

  it('returns blocks of whole lines of about 256 KiB', async () => {
    bucket.pieceBytes = 64 * 1024;
    const text = lines(5_000, 1_000);
    const { file } = put(text);
    const seen = await textOf(read(file));
    assert.equal(seen.text, text);
    for (const block of seen.blocks) {
      assert.equal(block.at(-1), 10);
      assert.ok(block.length <= 512 * 1024, `${block.length} bytes`);
    }
    assert.ok(seen.blocks.length >= 10 && seen.blocks.length <= 40, `${seen.blocks.length} blocks`);
    await bucket.idle();
  });

  it('returns lines of 400 KB and of 3 MB whole', async () => {
    bucket.pieceBytes = 64 * 1024;
    const text = `${lines(7, 400_000)}${'x'.repeat(3 * MIB)}\n${lines(3, 400_000)}`;
    const { file } = put(text);
    const seen = await textOf(read(file));
    assert.equal(seen.text, text);
    for (const block of seen.blocks) assert.equal(block.at(-1), 10);
  });

  it('finds no line in the 20-byte file of an empty partition', async () => {
    const empty = Buffer.from('1f8b08000000000000ff03000000000000000000', 'hex');
    bucket.put(KEY, empty);
    const file = { ...entry(empty, 0), md5: 'FjvgqIxwymKf1RbbqtrZag==' };
    assert.deepEqual((await textOf(read(file))).blocks, []);
  });

  it('adds a missing newline to the last line', async () => {
    const compressed = gzipSync('one\ntwo');
    bucket.put(KEY, compressed);
    assert.equal((await textOf(read(entry(compressed, 2)))).text, 'one\ntwo\n');
  });

  it('reads a file of several gzip members as one text', async () => {
    const compressed = Buffer.concat([gzipSync('one\nt'), gzipSync('wo\n')]);
    bucket.put(KEY, compressed);
    assert.equal((await textOf(read(entry(compressed, 2)))).text, 'one\ntwo\n');
  });

  it('works with another decompressor, for instance a synchronous one', async () => {
    const { file } = put('one\ntwo\n');
    const atOnce: Decompress = async function* (compressed) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of compressed) chunks.push(chunk);
      yield gunzipSync(Buffer.concat(chunks));
    };
    assert.equal((await textOf(read(file, atOnce))).text, 'one\ntwo\n');
  });

  it('reads at most a few pieces ahead of a slow reader', async () => {
    bucket.pieceBytes = 16 * 1024;
    const { compressed, file } = put(lines(20_000, 1_000));
    let served = 0;
    bucket.onPiece = (_, offset) => void (served = offset);
    const blocks = read(file)[Symbol.asyncIterator]();
    await blocks.next();
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(served < compressed.length / 3, `${served} of ${compressed.length} bytes were read`);
    await blocks.return(undefined);
    await bucket.idle();
  });

  describe('rows 9 and 28: a body that breaks off', () => {
    it('is resumed at the exact byte, with Range and If-Match', async () => {
      const text = lines(500, 100);
      const { compressed, file } = put(text);
      bucket.breaks = [0, 1, 17, 4_000, 4_001, compressed.length - 1].map((at) => ({ key: KEY, at }));
      assert.equal((await textOf(read(file))).text, text);
      assert.deepEqual(
        bucket.gets.map(({ offset }) => offset),
        [0, 0, 1, 17, 4_000, 4_001, compressed.length - 1],
      );
      assert.ok(bucket.gets.slice(2).every(({ ifMatch }) => ifMatch !== undefined));
      await bucket.idle();
    });

    it('after its last byte has lost nothing', async () => {
      const text = lines(50, 100);
      const { compressed, file } = put(text);
      bucket.pieceBytes = compressed.length + 1;
      bucket.breaks = [{ key: KEY, at: compressed.length }];
      assert.equal((await textOf(read(file))).text, text);
      assert.equal(bucket.gets.length, 1);
    });

    it('repeatedly, without a byte, fails after pauses', async () => {
      const { file } = put(lines(50, 100));
      bucket.breaks = [{ key: KEY, at: 20, every: true }];
      await assert.rejects(textOf(read(file)), { code: 'ECONNRESET' });
      assert.ok(clock.sleeps.length >= 5);
      await bucket.idle();
    });

    it('is not resumed if the object was replaced meanwhile', async () => {
      const { file } = put(lines(50, 100));
      bucket.breaks = [{ key: KEY, at: 700 }];
      bucket.onPiece = (_, offset) => {
        if (offset === 0) setImmediate(() => bucket.put(KEY, gzipSync('others\n')));
      };
      clock.onSleep = () => bucket.put(KEY, gzipSync('others\n'));
      await assert.rejects(textOf(read(file)), (error) => {
        assert.ok(error instanceof ObjectChanged);
        assert.equal(error.file, `s3://b/${KEY}`);
        return true;
      });
    });
  });

  describe('row 29: bytes that do not match the manifest', () => {
    async function corrupt(file: DataFile): Promise<DataFileCorrupt> {
      const error: unknown = await textOf(read(file)).then(
        () => assert.fail('the file was accepted'),
        (thrown) => thrown,
      );
      assert.ok(error instanceof DataFileCorrupt, String(error));
      assert.equal(error.file, `s3://b/${KEY}`);
      assert.ok(error.message.includes(KEY) && error.message.includes(error.expected), error.message);
      await bucket.idle();
      return error;
    }

    it('another MD5', async () => {
      const { compressed, file } = put('one\ntwo\n');
      const error = await corrupt({ ...file, md5: md5(Buffer.from('x')) });
      assert.deepEqual([error.what, error.actual], ['MD5', md5(compressed)]);
    });

    for (const [listed, what] of [
      [1, 'fewer'],
      [3, 'more'],
    ] as const) {
      it(`${what} items listed than in the file`, async () => {
        const { file } = put('one\ntwo\n');
        const error = await corrupt({ ...file, items: listed });
        assert.deepEqual([error.what, error.expected, error.actual], ['items', String(listed), '2']);
      });
    }

    it('a file that ends early, at any byte', async () => {
      const { compressed, file } = put(lines(3, 20));
      for (let length = 0; length < compressed.length; length++) {
        bucket.put(KEY, compressed.subarray(0, length));
        await corrupt(file);
      }
    });

    it('a gzip that ends early, even if the manifest agrees with it', async () => {
      const { compressed } = put(lines(3, 20));
      const short = compressed.subarray(0, compressed.length - 5);
      bucket.put(KEY, short);
      assert.equal((await corrupt(entry(short, 3))).what, 'gzip');
    });

    it('a file that ends where one of its gzip members does', async () => {
      const first = gzipSync('one\n');
      const whole = Buffer.concat([first, gzipSync('two\n')]);
      bucket.put(KEY, first);
      assert.equal((await corrupt(entry(whole, 2))).what, 'MD5');
    });

    it('a flipped bit, at any byte', async () => {
      const { compressed, file } = put(lines(3, 20));
      for (let at = 0; at < compressed.length; at++) {
        const flipped = Buffer.from(compressed);
        flipped[at]! ^= 0x10;
        bucket.put(KEY, flipped);
        await corrupt(file);
      }
    });

    it('one endless line', async () => {
      bucket.pieceBytes = 64 * 1024;
      const { file } = put(`${'x'.repeat(20 * MIB)}\n`);
      assert.match((await corrupt(file)).message, /longer than/);
    });
  });

  it('names a missing file', async () => {
    await assert.rejects(textOf(read(entry(Buffer.of(), 0))), (error) => {
      assert.ok(error instanceof DataFileMissing);
      assert.equal(error.file, `s3://b/${KEY}`);
      return true;
    });
  });

  it('stops with the signal’s reason, even while the network is silent', async () => {
    const { file } = put(lines(500, 100));
    const controller = new AbortController();
    const reason = new Error('shutting down');
    bucket.onPiece = (_, offset) => {
      if (offset > 3_000) controller.abort(reason);
      if (controller.signal.aborted) throw reason;
    };
    const blocks = readBlocks(bucket.services, 'b', file, { clock, signal: controller.signal });
    await assert.rejects(textOf(blocks), (error) => error === reason);
    await bucket.idle();
  });

  describe('over a socket', () => {
    let server: ScriptedServer;
    before(async () => {
      server = await ScriptedServer.start();
    });
    after(() => server.close());

    it('resumes a body that is cut off three times', async () => {
      const text = lines(3_000, 100);
      const compressed = gzipSync(text);
      const cut = compressed.length / 4;
      server.answerWith((response, { headers }) => {
        const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
        const rest = compressed.subarray(from);
        response.writeHead(from === 0 ? 200 : 206, {
          etag: '"e"',
          'content-length': String(rest.length),
          ...(from === 0
            ? {}
            : { 'content-range': `bytes ${from}-${compressed.length - 1}/${compressed.length}` }),
        });
        if (rest.length <= cut + 1) response.end(rest);
        else response.write(rest.subarray(0, cut), () => response.socket?.destroy());
      });
      const aws = sdkAt(server.url);
      const file = entry(compressed, 3_000);
      assert.equal((await textOf(readBlocks(aws, 'b', file, { clock }))).text, text);
      assert.ok(server.heard.length >= 4);
      assert.ok(server.heard.slice(1).every(({ headers }) => headers['if-match'] === '"e"'));
      aws.close();
    });

    it('loses nothing when the reader is slower than the connection’s timeout', async () => {
      const text = lines(60_000, 100);
      const compressed = gzipSync(text, { level: 1 });
      server.answerWith((response, { headers }) => {
        const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
        response.writeHead(from === 0 ? 200 : 206, {
          etag: '"e"',
          'content-length': String(compressed.length - from),
          ...(from === 0
            ? {}
            : { 'content-range': `bytes ${from}-${compressed.length - 1}/${compressed.length}` }),
        });
        response.end(compressed.subarray(from));
      });
      const aws = sdkAt(server.url, {
        timeouts: { connectMs: 60_000, requestMs: 60_000, socketMs: 300, callMs: 60_000 },
      });
      const seen: Uint8Array[] = [];
      for await (const block of readBlocks(aws, 'b', entry(compressed, 60_000), { clock })) {
        seen.push(block);
        if (seen.length > 1) continue;
        while (server.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(Buffer.concat(seen).toString(), text);
      assert.ok(server.heard.length >= 2);
      aws.close();
    });

    it('releases the connection when the reader leaves or is stopped while no data arrives', async () => {
      const compressed = gzipSync(lines(40_000, 100), { level: 1 });
      const aws = sdkAt(server.url);
      for (const leave of ['leaves', 'is stopped']) {
        server.answerWith((response) => {
          response.writeHead(200, { 'content-length': String(compressed.length) });
          response.write(compressed.subarray(0, compressed.length - 1_000));
        });
        const controller = new AbortController();
        const reason = new Error('stop');
        const blocks = readBlocks(aws, 'b', entry(compressed, 40_000), { clock, signal: controller.signal });
        const closing = async () => {
          for await (const _ of blocks) {
            if (leave === 'leaves') break;
            setImmediate(() => controller.abort(reason));
          }
        };
        if (leave === 'leaves') await closing();
        else await assert.rejects(closing(), (error) => error === reason);
        while (server.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
      }
      aws.close();
    });
  });
});
