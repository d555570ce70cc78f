import assert from 'node:assert/strict';
import { requirePostgres } from '../postgres-server';
import { BY_HAND, type ByHand } from './by-hand';
import { Place } from './place';

describe('bad input: a constraint on a table that is to be reloaded, in PostgreSQL', () => {
  before(requirePostgres);
  let place: Place;
  let opened: ByHand;
  beforeEach(async () => {
    place = await Place.open({ items: 3 });
    opened = await BY_HAND.PostgreSQL(place);
    const run = place.words('run', '--log-format', 'human', '--to', opened.to);
    assert.equal((await place.sayUntil(run, ({ written }) => /following/.test(written))).code, 0);
  });
  afterEach(async () => {
    await opened.close();
    await place.close();
  });

  const say = (verb: string, ...words: string[]) =>
    place.say(...place.words(verb, ...words, '--to', opened.to));

  it('resync prints it in the words of check, before its price', async () => {
    await opened.sql('ALTER TABLE orders ADD CONSTRAINT few CHECK (id < 100)');
    const [line = '', fix = ''] =
      /^.*constraint "few".*\n.*$/m.exec((await say('check')).out)?.[0].split('\n') ?? [];
    assert.match(line, /note: it refuses rows that violate it/);
    assert.match(fix, /^ {4}Drop it: ALTER TABLE public\.orders DROP CONSTRAINT "few";/);
    const { err, code } = await say('resync', '--yes');
    assert.equal(code, 0, err);
    const [at, priced] = [err.indexOf(`${line}\n${fix}\n`), err.indexOf('an export of')];
    assert.ok(at >= 0 && at < priced, err);
  });

  it('resync refuses one that certainly refuses rows, without an export', async () => {
    await opened.sql('ALTER TABLE orders ADD COLUMN theirs integer NOT NULL DEFAULT 1');
    await opened.sql('ALTER TABLE orders ALTER COLUMN theirs DROP DEFAULT');
    const exports = place.exports();
    const { all, code } = await say('resync', '--yes');
    assert.equal(code, 1);
    assert.match(
      all,
      /✗ table public\.orders: column "theirs", which is NOT NULL: it belongs to no attribute/,
    );
    assert.match(all, /cannot be written\. Cause: column "theirs", .*ALTER COLUMN "theirs" DROP NOT NULL;/);
    assert.equal(place.exports(), exports);
  });

  it('resync prints nothing else', async () => {
    await opened.sql('DROP TABLE orders');
    const { err, code } = await say('resync', '--yes');
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /✗|✓/);
  });
});
