import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DestinationUnusable } from '../../runtime/destinations/errors';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import { requirePostgres } from '../postgres-server';
import type { Disturbance } from '../simulation/disturbed-destination';
import { Process } from '../simulation/process';
import type { Surroundings } from '../simulation/stage';
import { HOUR, MINUTE, SECOND, World } from '../simulation/world';
import { DatabaseStage } from './database-stage';
import { type Engine, type Place, PLACES, type PostgresPlace } from './places';
import { fileOf, ORDERS, RELEASES, textOf } from './releases';
import { widenHalf, writeSeveral } from './several-pipelines';

/** Moments at which a release is stopped. */
const INSTANTS = {
  loading: (checkpoint: Checkpoint | undefined) =>
    checkpoint?.phase === 'load' && checkpoint.export?.arn !== undefined,
  following: (checkpoint: Checkpoint | undefined) => checkpoint?.phase === 'stream',
} as const;
type Instant = keyof typeof INSTANTS;

/** Reads the stage's database after each step that commits. */
function watching(world: Surroundings): Disturbance {
  return { after: (step) => world.stage.committed?.(world, step) };
}

/** The replicator's life until it is stopped; the same in every version. */
async function begin(world: World, instant: Instant): Promise<void> {
  await world.prepare();
  for (let i = 0; i < 40; i++) world.put(`k${i}`, i);
  await world.clock.advance(10 * MINUTE);
  const process = world.start({ disturbance: watching(world) });
  await world.until(() => INSTANTS[instant](world.checkpoint), 2 * HOUR);
  await process.stop();
}

/** What happens while no replicator runs. */
async function meanwhile(world: World): Promise<void> {
  // The same moment in every version, however fast it is.
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

    const written = process.env['WRITE_RELEASE'];
    if (written !== undefined)
      for (const instant of Object.keys(INSTANTS) as Instant[])
        it(`writes ${written}, ${instant}`, async () => {
          const stage = new DatabaseStage(place.opened);
          await begin(new World({ seed: 7, stage }), instant);
          await stage.close();
          mkdirSync(RELEASES, { recursive: true });
          const text = await place.exported();
          writeFileSync(fileOf(written, instant, engine), JSON.stringify(text, null, 2) + '\n');
        });

    if (written !== undefined)
      it(`writes ${written}, several pipelines`, async () => {
        const destination = place.opened();
        await writeSeveral(destination);
        await destination.close();
        if ('openedWith' in place) {
          const breaking = (place as PostgresPlace).openedWith({
            smallTableBytes: 0,
            beforeStatement: (statement) => {
              if (/^UPDATE .*ctid/s.test(statement)) throw new Error('it was killed');
            },
          });
          await widenHalf(breaking);
          await breaking.close();
        }
        writeFileSync(
          fileOf(written, 'several', engine),
          JSON.stringify(await place.exported(), null, 2) + '\n',
        );
      });

    for (const release of RELEASED)
      for (const instant of Object.keys(INSTANTS) as Instant[])
        it(`continues where ${release} was stopped while ${instant}`, async () => {
          // Recreates the source as that release saw it. Its replicator does not matter here.
          const world = new World({ seed: 7 });
          await begin(world, instant);
          await place.imported(textOf(release, instant, engine));
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

    it('rejects a column whose name is now reserved for the replicator, and changes nothing', async () => {
      await place.imported(textOf('0.1.0', 'following', engine));
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

    it('a dropped table stops only its own pipeline', async () => {
      await place.imported(textOf('0.1.0', 'following', engine));
      await place.run('DROP TABLE orders');
      const destination = place.opened();
      assert.equal((await destination.inspect(ORDERS.pipeline))?.rows, 0);
      await destination.lease({
        ...ORDERS,
        pipeline: '123456789012/eu-west-1/customers',
        table: 'customers',
      });
      await assert.rejects(destination.lease(ORDERS), /Table \w+\.orders .* was dropped or renamed by hand/);
      await destination.close();
    });

    it('is tested from every moment of this release', () => {
      const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
        version: string;
      };
      for (const instant of [...(Object.keys(INSTANTS) as Instant[]), 'several'] as const)
        assert.ok(
          existsSync(fileOf(version, instant, engine)),
          `WRITE_RELEASE=${version} npx mocha tests/upgrade/upgrade.spec.ts`,
        );
    });
  });
