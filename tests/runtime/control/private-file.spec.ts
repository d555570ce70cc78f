import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoopbackServer } from '../../../runtime/control/loopback-server';
import { writePrivately } from '../../../runtime/control/private-file';
import type { ControlHandlers } from '../../../runtime/control/protocol';

const mode = (file: string) => (lstatSync(file).mode & 0o777).toString(8);

describe('the file with the address and token of a running replicator', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-private-'));
    file = join(folder, 'shop.duckdb.control.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const left: Readonly<Record<string, () => void>> = {
    nothing: () => undefined,
    'a file that all may read, under its name': () => openFile(file),
    'a file that all may read, under the name of its draft': () => openFile(`${file}.new`),
    'a link under its name': () => linkTo('victim', file),
    'a link under the name of its draft': () => linkTo('victim', `${file}.new`),
    'a link to nowhere under its name': () => symlinkSync(join(folder, 'nowhere'), file),
  };
  const openFile = (path: string) => {
    writeFileSync(path, 'made by somebody');
    chmodSync(path, 0o666);
  };
  const linkTo = (name: string, path: string) => {
    writeFileSync(join(folder, name), 'mine');
    symlinkSync(join(folder, name), path);
  };

  for (const [what, leave] of Object.entries(left))
    it(`is readable only by its owner, after somebody left ${what}`, async () => {
      leave();
      const before = readdirSync(folder);
      const umask = process.umask(0);
      try {
        const server = await LoopbackServer.start(join(folder, 'shop.duckdb'), ['t'], {} as ControlHandlers);
        assert.equal(mode(file), '600');
        assert.ok(lstatSync(file).isFile());
        assert.deepEqual((JSON.parse(readFileSync(file, 'utf8')) as { tables: unknown }).tables, ['t']);
        if (before.includes('victim')) assert.equal(readFileSync(join(folder, 'victim'), 'utf8'), 'mine');
        assert.equal(readdirSync(folder).includes('nowhere'), false);
        await server.close();
      } finally {
        process.umask(umask);
      }
      const rest = before.filter((name) => name !== 'shop.duckdb.control.json');
      assert.deepEqual(readdirSync(folder), rest, 'nothing of its own is left');
    });

  it('is unchanged if it cannot be replaced', async () => {
    const at = join(folder, 'taken');
    await writePrivately(join(folder, 'before'), 'x');
    symlinkSync(folder, join(folder, 'loop'));
    // A file cannot replace a folder.
    const taken = mkdtempSync(at);
    await assert.rejects(writePrivately(taken, 'text'), /EISDIR|ENOTEMPTY|EEXIST/);
    assert.ok(statSync(taken).isDirectory());
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.new')),
      [],
    );
  });
});
