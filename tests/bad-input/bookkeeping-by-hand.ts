import assert from 'node:assert/strict';
import { requirePostgres } from '../postgres-server';
import { BY_HAND, type ByHand } from './by-hand';
import { BUCKET, Place, PREFIX, TABLE } from './place';

/** What somebody did to the rows of `_replicator`, and what each verb makes of it. */
interface Deed {
  readonly what: string;
  readonly statement: string;
  /** In `status`, in a cross of `check` and, if `run` stops for it, there. */
  readonly says?: RegExp;
  /** The line below the cross. Default: the command for a resync. */
  readonly fix?: RegExp;
  readonly run: 'stops' | 'reloads' | 'follows';
  /** Before a resync can repair it. Until then a resync stops with the same message. */
  readonly first?: string;
  /** In `status`, if it is not what the others show. */
  readonly status?: RegExp;
}

const CHANGED =
  /checkpoint of \S+\/orders was written by another version of the replicator, or changed by hand/;
const COLUMNS = /Rows of _replicator\.columns for source table orders were deleted or changed by hand/;
const DROP = { fix: /^ {4}DROP TABLE .*orders"?;$/m, first: 'DROP TABLE orders', run: 'stops' } as const;
const FORMAT = 'INSERT INTO _replicator.format VALUES (2)';

const DEEDS: readonly Deed[] = [
  {
    what: 'all shards deleted',
    statement: 'DELETE FROM _replicator.shards',
    says: /position of \S+\/orders in its stream was deleted by hand/,
    run: 'stops',
  },
  {
    what: 'a shard changed',
    statement: `UPDATE _replicator.shards SET state = 'theirs'`,
    says: CHANGED,
    run: 'stops',
  },
  {
    what: 'the checkpoint deleted',
    statement: 'DELETE FROM _replicator.heads',
    says: /checkpoint of \S+\/orders was deleted by hand\. You need to do nothing: the next run reloads the table from a new export/,
    run: 'reloads',
  },
  {
    what: 'the checkpoint changed',
    statement: `UPDATE _replicator.heads SET head = 'theirs'`,
    says: CHANGED,
    run: 'stops',
  },
  {
    what: 'all columns deleted',
    statement: 'DELETE FROM _replicator.columns',
    says: COLUMNS,
    ...DROP,
  },
  {
    what: 'one column deleted',
    statement: `DELETE FROM _replicator.columns WHERE position = 1`,
    says: COLUMNS,
    ...DROP,
  },
  {
    what: 'a column changed',
    statement: `UPDATE _replicator.columns SET definition = 'theirs' WHERE position = 2`,
    says: COLUMNS,
    ...DROP,
  },
  {
    what: 'the dead letters deleted',
    statement: 'DELETE FROM _replicator.dead_letters',
    says: /1 dead letter of table orders was deleted by hand/,
    run: 'follows',
  },
  { what: 'the ledger deleted after the load', statement: 'DELETE FROM _replicator.ledger', run: 'follows' },
  {
    what: 'the format deleted',
    statement: 'DELETE FROM _replicator.format',
    says: /row of _replicator\.format was deleted.*INSERT INTO _replicator\.format VALUES \(2\);/,
    fix: /INSERT INTO _replicator\.format VALUES \(2\);/,
    run: 'stops',
    first: FORMAT,
  },
  {
    what: 'the format of a later version',
    statement: 'UPDATE _replicator.format SET format = 99',
    says: /have format 99, and this version supports up to 2\. Use the newer version/,
    fix: /Use the newer version/,
    run: 'stops',
    first: 'UPDATE _replicator.format SET format = 2',
  },
  {
    what: 'the key of the pipeline changed',
    statement: `UPDATE _replicator.pipelines SET key_schema = 'theirs'`,
    run: 'follows',
  },
  {
    what: 'the publish of the pipeline forgotten',
    statement: 'UPDATE _replicator.pipelines SET published = false',
    run: 'follows',
  },
  {
    what: 'the table of the pipeline changed',
    statement: `UPDATE _replicator.pipelines SET table_name = 'theirs'`,
    says: /names table \S+\.theirs, which does not exist\. Table \S+\.orders has its columns/,
    fix: /^ {4}UPDATE _replicator\.pipelines SET schema_name = '\w+', table_name = 'orders' WHERE pipeline = '\S+\/orders';$/m,
    run: 'stops',
    first: `UPDATE _replicator.pipelines SET table_name = 'orders'`,
  },
  {
    what: 'the pipeline deleted',
    statement: 'DELETE FROM _replicator.pipelines',
    status: /has no replicated tables/,
    says: /already exists.*no record of it/,
    fix: /Choose another name with --destination-table, or drop or rename that table\./,
    run: 'stops',
    first: 'DROP TABLE orders',
  },
];

/** What each command says and does after somebody changed the bookkeeping of a database. */
export function bookkeepingByHand(name: keyof typeof BY_HAND): void {
  const open = BY_HAND[name];
  describe(`bad input: bookkeeping changed by hand in ${name}`, () => {
    if (name === 'PostgreSQL') before(requirePostgres);
    let place: Place;
    let opened: ByHand;
    beforeEach(async () => {
      place = await Place.open({ items: 3 });
      // Half of a surrogate pair: no row can hold it.
      place.put(TABLE, 100, '\ud800');
      place.simulator.clock.advance?.(3_600_000);
      opened = await open(place);
      assert.equal((await follow(/following/)).code, 0);
    });
    afterEach(async () => {
      await opened.close();
      await place.close();
    });

    const to = () => ['--to', opened.to];
    const human = () => place.words('run', '--log-format', 'human', ...to());
    const follow = (until: RegExp) => place.sayUntil(human(), ({ written }) => until.test(written));
    const check = () => place.say(...place.words('check', ...to()));
    const resync = () => place.say(...place.words('resync', '--yes', ...to()));

    for (const { what, statement, says, run, first, status, fix } of DEEDS)
      it(`${what}: status, check, run and resync ${says === undefined ? 'go on' : 'say so, and the fix works'}`, async () => {
        await opened.sql(statement);

        const shown = await place.say('status', ...to());
        if (says === undefined) assert.doesNotMatch(shown.out, /error/);
        else assert.match(shown.all, status ?? says);

        const checked = await check();
        const crosses = checked.out.split('\n').filter((line) => line.startsWith('✗'));
        assert.equal(crosses.length, says === undefined ? 0 : 1, checked.out);
        if (says !== undefined) {
          assert.match(crosses[0]!, says);
          const command = `    dynamodb-replicator resync --table ${TABLE} --bucket ${BUCKET}/${PREFIX} --to `;
          if (fix === undefined) assert.ok(checked.out.includes(command), checked.out);
          else assert.match(checked.out, fix);
        }

        const exports = place.exports();
        if (run === 'stops') {
          const stopped = await place.say(...human());
          assert.equal(stopped.code, 1, stopped.all);
          assert.match(stopped.all, says!);
          assert.doesNotMatch(stopped.all, /a bug in dynamodb-replicator|\n +at /);
          const verified = await place.say(...place.words('verify', '--yes', ...to()));
          assert.equal(verified.code, 1, verified.all);
          assert.doesNotMatch(verified.all, /a bug in dynamodb-replicator|\n +at /);
        } else {
          assert.equal((await follow(/following/)).code, 0);
          assert.equal(place.exports(), exports + (run === 'reloads' ? 1 : 0));
        }

        if (first !== undefined) {
          const refused = await resync();
          assert.equal(refused.code, 1);
          assert.match(refused.all, says!);
          await opened.sql(first);
        }
        const reloaded = await resync();
        assert.equal(reloaded.code, 0, reloaded.all);
        const again = await check();
        assert.equal(again.code, 0, again.out);
        place.put(TABLE, 200);
        const [, rows] = /rows +(\d+)/.exec((await place.say('status', ...to())).out) ?? [];
        assert.equal(rows, '3');
        assert.equal((await follow(/following/)).code, 0);
      });
  });
}
