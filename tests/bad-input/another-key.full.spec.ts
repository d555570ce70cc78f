import assert from 'node:assert/strict';
import { requirePostgres } from '../postgres-server';
import { BY_HAND, type ByHand } from './by-hand';
import { Place, TABLE } from './place';

const OTHERS = 'customers';
const SAYS =
  /Table orders was deleted and recreated, and cannot be loaded yet\. The key of source table orders is no S now/;

for (const [name, open] of Object.entries(BY_HAND))
  describe(`bad input: a table recreated with another key, in ${name}`, () => {
    if (name === 'PostgreSQL') before(requirePostgres);
    let place: Place;
    let opened: ByHand;
    beforeEach(async () => {
      place = await Place.open({ items: 3 });
      place.createTable(OTHERS);
      place.put(OTHERS, 1);
      place.simulator.clock.advance?.(3_600_000);
      opened = await open(place);
    });
    afterEach(async () => {
      await opened.close();
      await place.close();
    });

    const run = () =>
      place.words('run', '--log-format', 'human', '--table', TABLE, '--table', OTHERS, '--to', opened.to);
    const replace = () => {
      place.call('DeleteTable', { TableName: TABLE });
      place.call('CreateTable', {
        TableName: TABLE,
        AttributeDefinitions: [{ AttributeName: 'no', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      });
      place.setRecovery(TABLE, true);
      place.call('PutItem', { TableName: TABLE, Item: { no: { S: 'one' } } });
    };
    const following = (written: string) => (written.match(/following/g) ?? []).length;
    const numbers = async (table: string, column: string) =>
      (await opened.sql(`SELECT ${column} AS k FROM ${table} ORDER BY 1`)).map(({ k }) => String(k));

    it('G1: waits with the statement that helps, follows the other table, and then loads the new one', async () => {
      let replaced = 0;
      let isRenamed = false;
      let rename = '';
      const { code, all } = await place.sayUntil(run(), ({ written }) => {
        if (replaced === 0 && following(written) === 2) {
          replaced = written.length;
          replace();
        }
        rename ||= SAYS.test(written) ? (/ALTER TABLE [^;]*;/.exec(written)?.[0] ?? '') : '';
        if (rename === '') return false;
        // Only one process can open a DuckDB file.
        if (name === 'DuckDB') return true;
        if (!isRenamed) {
          isRenamed = true;
          place.put(OTHERS, 2);
          opened.sql(rename).catch((error: unknown) => assert.fail(String(error)));
        }
        return following(written) === 3;
      });
      assert.equal(code, 0, all);
      assert.match(all, SAYS);
      assert.doesNotMatch(all, /a bug in dynamodb-replicator|\n +at /);
      const checked = await place.say(...place.words('check', '--to', opened.to));
      const cross =
        /^✗ table \S+ writable: The key of source table orders is no S now.*\n +ALTER TABLE .*;$/m;
      if (name === 'DuckDB') assert.match(checked.out, cross);
      else assert.doesNotMatch(checked.out, cross);
      if (name === 'DuckDB') {
        assert.match(all, /Stop the replicator, run this in a DuckDB shell, and start it again: ALTER TABLE/);
        await opened.sql(rename);
        const again = await place.sayUntil(run(), ({ written }) => following(written) === 2);
        assert.equal(again.code, 0, again.all);
      } else assert.deepEqual(await numbers(OTHERS, 'id'), ['1', '2']);
      assert.deepEqual(await numbers(TABLE, 'no'), ['one']);
      assert.deepEqual(await numbers(`${TABLE}_before`, 'id'), ['0', '1', '2']);
    });
  });
