import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import type { DestinationRequirement } from '../../../runtime/destinations/destination';
import { DestinationUnusable } from '../../../runtime/destinations/errors';
import { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { bestLoads } from '../../../runtime/destinations/postgres/connection/spare-connections';
import { asAdministrator, createDatabase, requirePostgres } from '../../postgres-server';
import { checkpoint, COLUMNS, loadRows, ORDERS, upsert } from '../conformance/orders';
import { NO_SECRETS, postgresFixture, type PostgresFixture, settingsOf } from '../postgres-fixture';

const TARGET = { schema: 'raw', table: 'orders' };
const IN_RAW = { ...ORDERS, schema: 'raw' };

describe('destination postgres: what it needs', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let role: string;
  let destination: PostgresDestination;
  beforeEach(async () => {
    fixture = await postgresFixture();
    role = `least_${fixture.database.name}`;
    await asAdministrator(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    destination = new PostgresDestination(
      { ...fixture.settings, user: role, password: { from: 'settings', password: 'x' } },
      NO_SECRETS,
    );
  });
  afterEach(async () => {
    await destination.close();
    await fixture.cleanup();
    await asAdministrator(`DROP ROLE ${role}`);
  });

  /** As in docs/DESTINATIONS.md. */
  const prepare = () =>
    fixture.sql(`CREATE SCHEMA _replicator AUTHORIZATION ${role}; CREATE SCHEMA raw AUTHORIZATION ${role}`);
  const check = (target = TARGET) => destination.check([target]);
  const unmet = (lines: readonly DestinationRequirement[]) => lines.filter(({ met }) => !met);

  async function run(): Promise<void> {
    const store = await destination.lease(IN_RAW);
    await store.widen(COLUMNS);
    await store.startGeneration(1, checkpoint('generation 1'));
    await loadRows(store, [['a', '1']]);
    await store.publish(() => checkpoint('published'));
    await store.apply('visible', { columns: COLUMNS, changes: [upsert('b', ['2'])] }, checkpoint('applied'));
    await store.startVerify();
    await store.endVerify();
    await store.release();
  }

  it('two schemas of its own are enough for everything', async () => {
    await prepare();
    const lines = await check();
    assert.deepEqual(unmet(lines), []);
    assert.match(
      lines[0]?.found ?? '',
      new RegExp(`PostgreSQL \\d+.*, database ${fixture.database.name}, as role ${role}`),
    );
    await run();
    assert.deepEqual(unmet(await check()), []);
    assert.equal(lines.length, (await check()).length, 'a check changes nothing');
  });

  it('or the privilege to create them', async () => {
    await asAdministrator(`GRANT CREATE ON DATABASE ${fixture.database.name} TO ${role}`);
    const lines = await check();
    assert.deepEqual(unmet(lines), []);
    assert.equal(lines.filter(({ found }) => found === 'the first run creates it').length, 3);
    await run();
  });

  it('without either, check has the statement for each, and these are enough', async () => {
    const lines = unmet(await check());
    assert.deepEqual(
      lines.map(({ requirement, fix }) => [requirement, fix]),
      [
        ['schema _replicator usable', `CREATE SCHEMA "_replicator" AUTHORIZATION "${role}";`],
        ['schema raw usable', `CREATE SCHEMA "raw" AUTHORIZATION "${role}";`],
      ],
    );
    await assert.rejects(destination.lease(IN_RAW), (error) => {
      assert.ok(error instanceof DestinationUnusable, String(error));
      assert.match(error.message, /lacks a privilege.*dynamodb-replicator check/);
      return true;
    });
    for (const { fix } of lines) await fixture.sql(fix as string);
    await run();
  });

  for (const [privilege, revoke] of [
    ['USAGE on the schema', 'REVOKE USAGE ON SCHEMA raw FROM :role'],
    ['CREATE on the schema', 'REVOKE CREATE ON SCHEMA raw FROM :role'],
    ['USAGE on its own schema', 'REVOKE USAGE ON SCHEMA _replicator FROM :role'],
    ['CREATE on its own schema', 'REVOKE CREATE ON SCHEMA _replicator FROM :role'],
    ['SELECT on the table', 'REVOKE SELECT ON raw.orders FROM :role'],
    ['INSERT on the table', 'REVOKE INSERT ON raw.orders FROM :role'],
    ['UPDATE on the table', 'REVOKE UPDATE ON raw.orders FROM :role'],
    ['DELETE on the table', 'REVOKE DELETE ON raw.orders FROM :role'],
    ['INSERT on the ledger', 'REVOKE INSERT ON _replicator.ledger FROM :role'],
    ['the ownership of the table', 'ALTER TABLE raw.orders OWNER TO postgres'],
  ] as const) {
    it(`${privilege} is reported when it was revoked, and the statement of check restores it`, async () => {
      await prepare();
      await run();
      await fixture.sql(revoke.replace(':role', role));
      const lines = unmet(await check());
      assert.ok(lines.length > 0, 'it is not reported');
      for (const { fix } of lines) {
        assert.ok(fix);
        await fixture.sql(fix);
      }
      assert.deepEqual(unmet(await check()), []);
      await run();
    });
  }

  it('a privilege that the publish of a resync needs is required before its export, with the statement of check', async () => {
    await prepare();
    await run();
    await fixture.sql(`REVOKE DELETE ON raw.orders FROM ${role}`);
    const [line] = unmet(await check());
    assert.ok(line?.fix);
    await assert.rejects(destination.lease(IN_RAW, undefined, { recreate: true }), {
      kind: 'retry',
      message: `Table raw.orders cannot be reloaded: ${line.found}. Retrying; as a role that may, run: ${line.fix}`,
    });
    await (await destination.lease(IN_RAW)).release();
    await fixture.sql(line.fix);
    await (await destination.lease(IN_RAW, undefined, { recreate: true })).release();
  });

  it('a privilege that is revoked during a run is retried', async () => {
    await prepare();
    const store = await destination.lease(IN_RAW);
    await store.widen(COLUMNS);
    await store.startGeneration(1, checkpoint('generation 1'));
    await store.publish(() => checkpoint('published'));
    await fixture.sql(`REVOKE UPDATE ON raw.orders FROM ${role}`);
    const apply = () =>
      store.apply('visible', { columns: COLUMNS, changes: [upsert('a', ['1'])] }, checkpoint('applied'));
    await assert.rejects(apply(), { kind: 'retry', message: /lacks a privilege.*orders.*check/ });
    await fixture.sql(`GRANT UPDATE ON raw.orders TO ${role}`);
    await apply();
    await store.release();
  });

  it('CONNECT on the database', async () => {
    const { name } = fixture.database;
    await asAdministrator(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    const [line] = await check();
    assert.equal(line?.met, false);
    assert.match(line?.found ?? '', /permission denied for database.*GRANT CONNECT ON DATABASE/);
    await asAdministrator(`GRANT CONNECT ON DATABASE ${name} TO PUBLIC`);
  });

  it('free connections', async () => {
    await prepare();
    await asAdministrator(`ALTER ROLE ${role} CONNECTION LIMIT 3`);
    const lines = unmet(await check());
    assert.deepEqual(
      lines.map(({ requirement, found }) => [requirement, found]),
      [['at least 4 free connections', '3']],
    );
    // As at the start of a run: one connection for requests, one for the pipeline.
    await destination.inspect(IN_RAW.pipeline);
    const store = await destination.lease(IN_RAW);
    await store.widen(COLUMNS);
    await store.startGeneration(1, checkpoint('generation 1'));
    assert.equal(await store.loadConnections(), 1);
    // With fewer connections than it may use, all users take turns.
    const loads = [await store.load('shadow', 1, COLUMNS), await store.load('shadow', 1, COLUMNS)];
    const saved = store.save(checkpoint('saved'));
    for (const load of loads) await load.rollback();
    await saved;
    await asAdministrator(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
    assert.equal(await store.loadConnections(), bestLoads(Infinity, availableParallelism()));
    await store.release();
  });

  it('free connections, of which those of a running replicator are its own', async () => {
    await prepare();
    await asAdministrator(`ALTER ROLE ${role} CONNECTION LIMIT 4`);
    const store = await destination.lease(IN_RAW);
    await store.widen(COLUMNS);
    await store.startGeneration(1, checkpoint('generation 1'));
    const load = await store.load('shadow', 1, COLUMNS);
    assert.deepEqual(unmet(await check()), []);
    await load.rollback();
    await store.release();
  });

  it('a database in UTF-8', async () => {
    const latin = await createDatabase('template0', `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`);
    try {
      const there = new PostgresDestination(settingsOf(latin.url), NO_SECRETS);
      const [line] = unmet(await there.check([]));
      assert.match(line?.fix ?? '', /CREATE DATABASE .* ENCODING 'UTF8'/);
      await assert.rejects(there.probe(), { kind: 'fatal', message: /encoding is LATIN1/ });
      await there.close();
    } finally {
      await latin.drop();
    }
  });

  it('a table of its own, with a name that PostgreSQL can hold', async () => {
    await prepare();
    await fixture.sql('CREATE TABLE raw.taken (mine integer)');
    const [taken] = unmet(await check({ schema: 'raw', table: 'taken' }));
    assert.match(`${taken?.found} ${taken?.fix}`, /the replicator has no record of it.*--destination-table/);
    const [lengthy] = unmet(await check({ schema: 'raw', table: 'x'.repeat(64) }));
    assert.match(`${lengthy?.found} ${lengthy?.fix}`, /64 bytes.*at most 63.*--destination-table/);
  });
});
