import assert from 'node:assert/strict';
import type { OperableDestination } from '../../runtime/destinations/destination';
import {
  checkpoint,
  COLUMNS,
  deadLetterOf,
  loadRows,
  remove,
  upsert,
} from '../destinations/conformance/orders';
import { openLoad } from '../destinations/conformance/rows-load';
import { requirePostgres } from '../postgres-server';
import { type Engine, type Place, PLACES, type PostgresPlace } from './places';
import { textOf } from './releases';
import { HALF_WIDENED, LONG, LONG_KEY, SOFT, VERIFIED, WIDER } from './several-pipelines';

for (const engine of Object.keys(PLACES) as Engine[])
  describe(`an upgrade of ${engine} with several pipelines of 0.1.0`, () => {
    if (engine === 'postgres') before(requirePostgres);
    let place: Place;
    let destination: OperableDestination;
    beforeEach(async () => {
      place = await PLACES[engine]();
      await place.imported(textOf('0.1.0', 'several', engine));
      destination = place.opened();
    });
    afterEach(async () => {
      await destination.close();
      await place.remove();
    });

    const sql = async (text: string) => (await destination.query(text)).rows;
    const own = (name: string) =>
      sql(`SELECT table_name FROM information_schema.tables WHERE table_name LIKE '${name}'`);

    it('knows their rows and dead letters before and after', async () => {
      const known = async () => {
        const all = await Promise.all(
          (await destination.pipelines()).map(async (pipeline) => {
            const { rows, deadLetters } = (await destination.inspect(pipeline))!;
            return [pipeline.split('/').at(-1), rows, deadLetters];
          }),
        );
        return all;
      };
      const expected = [
        ['verified', 2, 1],
        ['soft', 2, 1],
        ['long', 3, 0],
        ...(engine === 'postgres' ? [['half', 1, 0]] : []),
      ];
      assert.deepEqual(await known(), expected);
      await (await destination.lease(SOFT)).release();
      assert.deepEqual(await known(), expected);
    });

    it('V3: ends a verify, removes everything of it, and verifies again', async () => {
      assert.equal((await own('verify_%')).length, 1);
      const store = await destination.lease(VERIFIED);
      assert.deepEqual([...(await own('verify_%')), ...(await own('changed_keys_%'))], []);
      assert.deepEqual(await store.readLedger('verify'), []);
      assert.deepEqual(await sql('SELECT id, value FROM verified ORDER BY id'), [
        ['a', '10'],
        ['c', '3'],
      ]);
      await store.startVerify();
      const load = await openLoad(store, 'verify', 1, COLUMNS);
      await load.append(
        [
          ['a', '10'],
          ['c', '4'],
        ],
        [deadLetterOf('d')],
      );
      await load.commit([{ file: 'verified', items: 3 }]);
      const { differences, rowsCompared } = await store.compare(1);
      assert.deepEqual({ differences, rowsCompared }, { differences: 1, rowsCompared: 3 });
      await store.endVerify();
    });

    it('keeps soft-deleted rows, and continues to delete softly', async () => {
      const store = await destination.lease(SOFT);
      const rows = () =>
        sql('SELECT id, value, CASE WHEN __deleted THEN 1 ELSE 0 END AS gone FROM raw.soft ORDER BY id');
      const before = [
        ['a', '1', '0'],
        ['b', '2', '1'],
        ['c', '3', '0'],
        ['never seen', null, '1'],
      ];
      assert.deepEqual(await rows(), before);
      const changes = [upsert('b', ['20']), remove('c')];
      await store.apply('visible', { columns: COLUMNS, changes }, checkpoint('later'));
      assert.deepEqual(await rows(), [before[0], ['b', '20', '0'], ['c', '3', '1'], before[3]]);
      assert.equal((await destination.inspect(SOFT.pipeline))?.rows, 2);
    });

    it('publishes a resync that it was loading, with keys too long for an index', async () => {
      const store = await destination.lease(LONG);
      assert.deepEqual(await store.readLedger('shadow'), [{ file: 'file', items: 1 }]);
      await loadRows(store, [['c', '5']], { generation: 2, file: 'another' });
      const changes = [upsert(LONG_KEY, ['30'])];
      await store.apply('changes', { columns: COLUMNS, changes }, checkpoint('loading on'));
      assert.equal((await store.publish(() => checkpoint('published again'))).rows, 4);
      await store.apply('visible', { columns: COLUMNS, changes: [remove('a')] }, checkpoint('later'));
      assert.deepEqual(await sql('SELECT length(id) AS bytes, value FROM long ORDER BY id'), [
        ['1', '5'],
        ['2900', '30'],
        ['2901', '4'],
      ]);
      assert.deepEqual([...(await own('%loading%')), ...(await own('changes_%'))], []);
    });

    if (engine === 'postgres') {
      const columnsOf = async (table: string) =>
        (
          await sql(`SELECT column_name FROM information_schema.columns
          WHERE table_name = '${table}' ORDER BY ordinal_position`)
        ).flat();

      it('discards an interrupted widening and starts it again', async () => {
        assert.deepEqual(await columnsOf('half'), ['id', 'value', '__source_time', '__widening_0']);
        const store = await destination.lease(HALF_WIDENED);
        assert.deepEqual(await columnsOf('half'), ['id', 'value', '__source_time']);
        await store.widen(WIDER);
        assert.deepEqual(await sql('SELECT id, value FROM half'), [['a', '"1"']]);
      });

      it('needs only the owner of the tables, no superuser', async () => {
        const { url, openedAs } = place as PostgresPlace;
        const role = `owner_${new URL(url).pathname.slice(1)}`;
        await place.run(
          `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA _replicator, raw, public TO ${role};
           DO $$ DECLARE t text; BEGIN FOR t IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
             WHERE schemaname IN ('_replicator', 'raw', 'public') LOOP
             EXECUTE format('ALTER TABLE %s OWNER TO ${role}', t); END LOOP; END $$`,
        );
        const plain = openedAs(role, 'x');
        try {
          for (const target of [VERIFIED, SOFT, LONG, HALF_WIDENED])
            await (await plain.lease(target)).release();
          const store = await plain.lease(LONG);
          assert.equal((await store.publish(() => checkpoint('published again'))).rows, 2);
        } finally {
          await plain.close();
          await place.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
        }
      });
    }
  });
