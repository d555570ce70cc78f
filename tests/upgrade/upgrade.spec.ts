import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TableTarget } from '../../runtime/destinations/destination';
import { DestinationUnusable, PipelineHeld } from '../../runtime/destinations/errors';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import { requirePostgres } from '../postgres-server';
import type { Disturbance } from '../simulation/disturbed-destination';
import { Process } from '../simulation/process';
import type { Surroundings } from '../simulation/stage';
import { HOUR, MINUTE, SECOND, World } from '../simulation/world';
import { DatabaseStage } from './database-stage';
import type { DatabaseText } from './database-text';
import { type Engine, type Place, PLACES, type PostgresPlace } from './places';

/**
 * Each file here was written by the release that it is named after: a destination in the middle of its work, as text. This version has
 * to go on from it. `WRITE_RELEASE=0.1.0 npx mocha tests/upgrade/upgrade.spec.ts` writes one, in a checkout of that release; no other version ever writes it again. What the
 * simulator gives out follows from its seed: where a change of it gives out other ids, that one file is written anew by its release.
 */
const RELEASES = join(__dirname, 'releases');

const ORDERS: TableTarget = {
  pipeline: '123456789012/eu-west-1/orders',
  schema: undefined,
  table: 'orders',
  keySchema: { partition: { name: 'id', type: 'S' } },
  deletes: 'hard',
};

/** Instants at which a release is stopped. */
const INSTANTS = {
  loading: (checkpoint: Checkpoint | undefined) =>
    checkpoint?.phase === 'load' && checkpoint.export?.arn !== undefined,
  following: (checkpoint: Checkpoint | undefined) => checkpoint?.phase === 'stream',
} as const;
type Instant = keyof typeof INSTANTS;

/** The stage looks at what its database has after each step that commits. */
function watching(world: Surroundings): Disturbance {
  return { after: (step) => world.stage.committed?.(world, step) };
}

/** What a release's replicator saw until it was stopped: the same for every version. */
async function begin(world: World, instant: Instant): Promise<void> {
  await world.prepare();
  for (let i = 0; i < 40; i++) world.put(`k${i}`, i);
  await world.clock.advance(10 * MINUTE);
  const process = world.start({ disturbance: watching(world) });
  await world.until(() => INSTANTS[instant](world.checkpoint), 2 * HOUR);
  await process.stop();
}

/** What happens while nobody replicates. */
async function meanwhile(world: World): Promise<void> {
  // The same instant in every version, however fast it was.
  const noon = Math.ceil(world.clock.now() / HOUR + 1) * HOUR;
  await world.clock.advance(noon - world.clock.now());
  for (let i = 0; i < 30; i++) {
    if (i % 3 === 0) world.delete(`k${i}`);
    else world.put(`k${i + 20}`, 1000 + i);
    await world.clock.advance(SECOND);
  }
}

const RELEASED = ['0.1.0'];

for (const engine of Object.keys(PLACES) as Engine[])
  describe(`an upgrade of ${engine}`, () => {
    if (engine === 'postgres') before(requirePostgres);
    let place: Place;
    beforeEach(async () => {
      place = await PLACES[engine]();
    });
    afterEach(() => place.remove());

    const fileOf = (release: string, instant: Instant) =>
      join(RELEASES, `${release}-${instant}-${engine}.json`);

    const textOf = (release: string, instant: Instant) =>
      JSON.parse(readFileSync(fileOf(release, instant), 'utf8')) as DatabaseText;

    const written = process.env['WRITE_RELEASE'];
    if (written !== undefined)
      for (const instant of Object.keys(INSTANTS) as Instant[])
        it(`writes ${written}, ${instant}`, async () => {
          const stage = new DatabaseStage(place.opened);
          await begin(new World({ seed: 7, stage }), instant);
          await stage.close();
          mkdirSync(RELEASES, { recursive: true });
          const text = await place.exported();
          writeFileSync(fileOf(written, instant), JSON.stringify(text, null, 2) + '\n');
        });

    for (const release of RELEASED)
      for (const instant of Object.keys(INSTANTS) as Instant[])
        it(`goes on where ${release} was stopped while ${instant}`, async () => {
          // The source, as that release saw it; what replicated it then is of no interest.
          const world = new World({ seed: 7 });
          await begin(world, instant);
          await place.imported(textOf(release, instant));
          await meanwhile(world);

          const stage = new DatabaseStage(place.opened);
          const heard: World['heard'] = [];
          const { clock, random, simulator, settings, tableName } = world;
          const surroundings = { clock, random, simulator, settings, tableName, stage, heard };
          const upgraded = new Process(surroundings, { disturbance: watching(surroundings) });
          const target = clock.now();
          await world.until(
            () => stage.checkpoint?.phase === 'stream' && stage.checkpoint.graph.watermark > target,
            3 * HOUR,
          );
          await upgraded.stop();

          const rows = [...stage.visible()].map(([id, { value }]) => [id, value] as const);
          assert.deepEqual(new Map(rows.sort()), new Map([...world.source()].sort()));
          assert.equal(stage.checkpoint?.generation, 1, 'nothing is loaded anew');
          const asked = heard.filter((one) => one.name === 'export.requested');
          assert.deepEqual(asked, [], 'the export that was asked for is taken');
          await stage.close();
          const looking = place.opened();
          const [pipeline] = await looking.pipelines();
          const record = await looking.inspect(String(pipeline));
          assert.equal(record?.rows, world.source().size, 'the rows of the release are counted too');
          await looking.close();
        });

    it('refuses a column whose name has become one of the replicator’s, and changes nothing', async () => {
      await place.imported(textOf('0.1.0', 'following'));
      await place.run(
        `UPDATE _replicator.columns SET definition = replace(definition, '"name":"v"', '"name":"__R_v"')`,
      );
      const before = await place.exported();
      const destination = place.opened();
      await assert.rejects(
        destination.lease(ORDERS),
        (error) =>
          error instanceof DestinationUnusable &&
          error.message.startsWith('Column __R_v of table orders begins with __r_') &&
          error.message.includes('--to'),
      );
      await destination.close();
      assert.deepEqual(await place.exported(), before);
    });

    it('leaves a table that somebody has dropped to its own pipeline', async () => {
      await place.imported(textOf('0.1.0', 'following'));
      await place.run('DROP TABLE orders');
      const destination = place.opened();
      assert.equal((await destination.inspect(ORDERS.pipeline))?.rows, 0);
      await destination.lease({
        ...ORDERS,
        pipeline: '123456789012/eu-west-1/customers',
        table: 'customers',
      });
      await assert.rejects(destination.lease(ORDERS), /Table orders .* was dropped or renamed by hand/);
      await destination.close();
    });

    if (engine === 'postgres')
      it('fences a writer of 0.1.0 that is still there', async () => {
        await place.imported(textOf('0.1.0', 'following'));
        const destination = place.opened();
        await destination.lease({
          ...ORDERS,
          pipeline: '123456789012/eu-west-1/customers',
          table: 'customers',
        });
        // As 0.1.0 begins each commit.
        const written = await place.run(
          `UPDATE _replicator.pipelines SET head = 'its own', commits = commits + 1 WHERE number = 1 AND epoch = 1`,
        );
        assert.equal(written, 0);
        await destination.close();
      });

    if (engine === 'postgres') {
      /** What a load of 0.1.0 has open while it loads. */
      const loading = async () => {
        const client = new Client((place as PostgresPlace).url);
        client.on('error', () => undefined);
        await client.connect();
        await client.query(`BEGIN; SELECT pg_advisory_xact_lock_shared(1836411002, 1);
          SELECT FROM _replicator.pipelines; INSERT INTO __loading_1 (id) VALUES ('not committed')`);
        return client;
      };

      it('waits for no load of a 0.1.0 that is still there: it is ended, at the first lease only', async () => {
        await place.imported(textOf('0.1.0', 'loading'));
        const client = await loading();
        const destination = place.opened();
        const { control } = destination;
        assert.ok(control.kind === 'mailbox');
        await control.mailbox.announce({ id: 'new', host: 'here', pid: 1, tables: ['orders'] });
        assert.deepEqual(await control.mailbox.collect(), []);
        const ended = once(client, 'error');
        await client.query('SELECT 1');
        const lease = await destination.lease(ORDERS);
        await ended;
        assert.equal((await lease.readCheckpoint()) === undefined, false);
        await control.mailbox.withdraw();
        await destination.close();
      });

      it('leaves all as it is while a 0.1.0 plainly replicates the table, and says how to stop it', async () => {
        await place.imported(textOf('0.1.0', 'loading'));
        const before = await place.exported();
        const client = await loading();
        await client.query('SELECT pg_advisory_lock(1836411003, 1)');
        // It shows itself as 0.1.0 does.
        const show = () =>
          place.run(`INSERT INTO _replicator.presences VALUES ('old', 'elsewhere', 4711, '{orders}', clock_timestamp(), NULL)
            ON CONFLICT (id) DO UPDATE SET seen = clock_timestamp()`);
        await show();
        const showing = setInterval(() => void show(), 200);
        const destination = place.opened();
        try {
          await assert.rejects(destination.lease(ORDERS), PipelineHeld);
        } finally {
          clearInterval(showing);
          await destination.close();
          await client.end();
        }
        await place.run('DELETE FROM _replicator.presences');
        assert.deepEqual(await place.exported(), before);
      });

      it('says, to a role that may not alter the tables, who may and how, and changes nothing', async () => {
        await place.imported(textOf('0.1.0', 'following'));
        const before = await place.exported();
        const { url } = place as PostgresPlace;
        const role = `upgrading_${new URL(url).pathname.slice(1)}`;
        await place.run(
          `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA _replicator, public TO ${role};
           GRANT ALL ON ALL TABLES IN SCHEMA _replicator, public TO ${role}`,
        );
        const destination = (place as PostgresPlace).openedAs(role, 'x');
        try {
          let statements = '';
          await assert.rejects(destination.lease(ORDERS), (error) => {
            assert.ok(error instanceof DestinationUnusable, String(error));
            assert.match(error.message, /only their owner can give them.*Nothing was changed/);
            statements = /run: (.*;) Then/.exec(error.message)?.[1] ?? '';
            return statements.includes('ALTER TABLE public.orders OWNER TO');
          });
          assert.deepEqual(await place.exported(), before);
          await place.run(statements);
          await (await destination.lease(ORDERS)).release();
        } finally {
          await destination.close();
          await place.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
        }
      });
    }

    it('is tested from every instant of this release', () => {
      const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
        version: string;
      };
      for (const instant of Object.keys(INSTANTS) as Instant[])
        assert.ok(
          existsSync(fileOf(version, instant)),
          `WRITE_RELEASE=${version} npx mocha tests/upgrade/upgrade.spec.ts`,
        );
    });
  });
