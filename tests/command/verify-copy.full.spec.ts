import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../runtime/verbs/exit-codes';
import { Place, TABLE } from '../bad-input/place';
import { skipLoudly } from '../skip-loudly';

const ROOT = join(__dirname, '../..');

/** The bytes, identity, mode and time of every file in a folder. */
function contentOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => {
        const path = join(folder, name);
        const { mtimeMs, ino, mode } = statSync(path);
        const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
        return [name, `${digest} ${mtimeMs} ${ino} ${mode.toString(8)}`];
      }),
  );
}

/** Runs statements in a process that is killed before it closes the file. */
function killedWhileWriting(path: string, statement: string): void {
  const program = `const { DuckDBInstance } = require('@duckdb/node-api');
    (async () => {
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
      await connection.run(process.argv[2]);
      process.kill(process.pid, 'SIGKILL');
    })();`;
  const { signal } = spawnSync(process.execPath, ['-e', program, path, statement], { cwd: ROOT });
  assert.equal(signal, 'SIGKILL');
}

describe('verify of a DuckDB file that no replicator has open', () => {
  let place: Place;
  before(async () => {
    place = await Place.open();
    const loaded = await place.sayUntil(place.words('run', '--log-format', 'human'), ({ written }) =>
      /published/.test(written),
    );
    assert.equal(loaded.code, EXIT.fine, loaded.all);
  });
  after(() => place.close());

  let before_: Readonly<Record<string, string>>;
  let exports_: number;
  beforeEach(() => {
    before_ = contentOf(place.folder);
    exports_ = place.exports();
  });
  const assertUnchanged = (exports: number) => {
    assert.deepEqual(contentOf(place.folder), before_);
    assert.equal(place.exports() - exports_, exports, 'exports');
  };
  const verify = (...words: string[]) => place.say(...place.words('verify', '--yes', ...words));

  it('follows the stream in a copy, reports that, and leaves the file and its folder as they were', async () => {
    place.put(TABLE, 1, 'changed since');
    chmodSync(place.to, 0o444);
    before_ = contentOf(place.folder);
    const verified = await verify();
    assert.equal(verified.code, EXIT.fine, verified.all);
    assert.match(verified.out, /^orders: 20 rows compared, 0 differences$/m);
    assert.match(
      verified.err,
      /^No replicator is running for DuckDB file .*orders\.duckdb\. .* copy.* stays unchanged\.$/m,
    );
    assertUnchanged(1);
    chmodSync(place.to, 0o644);
  });

  it('finds a row that was changed by hand in the file', async () => {
    const change = (value: string) => {
      killedWhileWriting(place.to, `UPDATE orders SET value = '${value}' WHERE id = 7`);
      before_ = contentOf(place.folder);
      assert.ok(`${TABLE}.duckdb.wal` in before_);
    };
    change('by hand');
    const verified = await verify();
    assert.equal(verified.code, EXIT.failed, verified.all);
    assert.match(verified.out, /1 difference.*\n {2}\{"id":"7"\} different in value\n/);
    assertUnchanged(1);
    change('a value');
    assert.equal((await verify()).code, EXIT.fine);
    assertUnchanged(2);
  });

  it('does not disturb another verify of the same file', async () => {
    const both = await Promise.all([verify(), verify()]);
    for (const { code, all } of both) assert.equal(code, EXIT.fine, all);
    assert.deepEqual(contentOf(place.folder), before_);
  });

  it('status leaves the file as it was, too', async () => {
    killedWhileWriting(place.to, 'CREATE OR REPLACE TABLE mine AS SELECT 1 AS a');
    before_ = contentOf(place.folder);
    const status = await place.say('status', '--to', place.to);
    assert.match(status.out, /orders\n/);
    assertUnchanged(0);
  });

  it('copies nothing if you decline the price', async () => {
    const declined = await place.say(...place.words('verify'));
    assert.equal(declined.code, EXIT.wrongUse);
    assert.doesNotMatch(declined.err, /copy/);
    assertUnchanged(0);
  });

  it('removes the copy when it is interrupted, wherever it is', async () => {
    for (const at of ['costs', 'stays unchanged', 'waiting until an export', 'waiting for an export']) {
      const stopped = await place.sayUntil(place.words('verify', '--yes'), ({ complained }) =>
        complained.includes(at),
      );
      assert.equal(stopped.code, EXIT.cutShort, stopped.all);
      assert.deepEqual(contentOf(place.folder), before_, at);
    }
  });

  it('removes the copy when the export fails', async () => {
    const denied = place.simulator.faults.add({
      operation: 'ExportTableToPointInTime',
      answer: { kind: 'error', type: 'AccessDeniedException', status: 400 },
    });
    const failed = await verify();
    denied.remove();
    assert.equal(failed.code, EXIT.failed, failed.all);
    assertUnchanged(0);
  });

  it('verifies a file in a folder that cannot be written', async function () {
    if (spawnSync('mount', ['--bind', place.folder, place.folder]).status !== 0)
      skipLoudly(this, 'a read-only folder needs the right to mount');
    try {
      assert.equal(spawnSync('mount', ['-o', 'remount,bind,ro', place.folder]).status, 0);
      const verified = await verify();
      assert.equal(verified.code, EXIT.fine, verified.all);
      assertUnchanged(1);
    } finally {
      spawnSync('umount', [place.folder]);
    }
  });

  it('refuses a table whose resync was cut short: what the copy loads would be lost', async () => {
    const stopped = await place.sayUntil(place.words('resync', '--yes'), ({ complained }) =>
      /export requested|requested an export|exporting/i.test(complained),
    );
    assert.equal(stopped.code, EXIT.cutShort, stopped.all);
    before_ = contentOf(place.folder);
    exports_ = place.exports();
    const refused = await verify();
    assert.equal(refused.code, EXIT.failed, refused.all);
    assert.match(refused.err, /orders has to be loaded before .*dynamodb-replicator run --table orders/);
    assertUnchanged(0);
    const completed = await place.say(...place.words('resync', '--yes'));
    assert.equal(completed.code, EXIT.fine, completed.all);
  });

  it('ends with the gap, and its exit code, if changes are lost', async () => {
    place.simulator.clock.advance?.(30 * 3_600_000);
    before_ = contentOf(place.folder);
    const gap = await verify();
    assert.equal(gap.code, EXIT.gap, gap.all);
    assert.ok(gap.err.includes(`--to ${place.to}`), gap.err);
    assertUnchanged(0);
  });

  it('refuses a table that was replaced: what the copy loads would be lost', async () => {
    place.call('DeleteTable', { TableName: TABLE });
    place.simulator.clock.advance?.(120_000);
    place.createTable(TABLE);
    place.simulator.clock.advance?.(600_000);
    const refused = await verify();
    assert.equal(refused.code, EXIT.failed, refused.all);
    assert.match(refused.err, /the source table was replaced.*dynamodb-replicator run --table orders/);
    assertUnchanged(0);
  });
});
