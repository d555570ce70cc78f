import assert from 'node:assert/strict';
import { Place } from '../bad-input/place';
import { asAdministrator, createDatabase, type TestDatabase, requirePostgres } from '../postgres-server';

const TABLES = 12;
const CONNECTIONS = 8;

/** A replicator with more tables than its role may open connections. */
describe('more tables than connections', () => {
  before(requirePostgres);

  let place: Place;
  let database: TestDatabase;
  let role: string;
  beforeEach(async () => {
    place = await Place.open({ items: 0 });
    database = await createDatabase();
    role = `limited_${database.name}`;
    await asAdministrator(`CREATE ROLE ${role} LOGIN PASSWORD 'x' CONNECTION LIMIT ${CONNECTIONS}`);
    await asAdministrator(`GRANT CREATE ON DATABASE ${database.name} TO ${role}`);
  });
  afterEach(async () => {
    await place.close();
    await database.drop();
    await asAdministrator(`DROP ROLE ${role}`);
  });

  it('publishes all of them, and requests no export before it can load it', async () => {
    const tables = Array.from({ length: TABLES }, (_, i) => `many_${i}`);
    for (const table of tables) {
      place.createTable(table);
      place.put(table, 1);
    }
    place.simulator.clock.advance?.(3_600_000);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    url.searchParams.set('host', url.hostname);
    const to = ['--to', url.href, '--destination-schema', 'many'];
    const words = tables.flatMap((table) => ['--table', table]);
    const check = await place.say(...place.words('check', ...to, ...words));
    assert.match(check.out, new RegExp(`✓ at least ${CONNECTIONS} free connections: ${CONNECTIONS}\n`));
    let mostOutstanding = 0;
    const { code, all } = await place.sayUntil(
      place.words('run', '--log-format', 'human', ...to, ...words),
      ({ written }) => {
        const requested = (written.match(/requested/g) ?? []).length;
        const published = (written.match(/published/g) ?? []).length;
        mostOutstanding = Math.max(mostOutstanding, requested - published);
        return published === TABLES;
      },
    );
    assert.equal(code, 0, all);
    assert.equal(place.exports(), TABLES);
    assert.ok(mostOutstanding < TABLES, `${mostOutstanding} exports were outstanding`);
    assert.doesNotMatch(all, /no connection left/);
  });
});
