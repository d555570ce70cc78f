import assert from 'node:assert/strict';
import type { PipelineStore, TableTarget } from '../../../runtime/destinations/destination';
import { ReplicatorError } from '../../../runtime/errors';
import type { Column } from '../../../runtime/item/column';
import { asAdministrator, requirePostgres } from '../../postgres-server';
import { attribute, checkpoint, ID, JSON_TYPE, ORDERS, published, TEXT, upsert } from '../conformance/orders';
import { storesNoDefaults } from '../defaults';
import { destinationAt, postgresFixture, type PostgresFixture } from '../postgres-fixture';
import { shown } from '../shown';

const COLUMNS: readonly Column[] = [ID, attribute('note', TEXT), attribute('doc', JSON_TYPE)];
/** A mark in each refused value, which may appear nowhere else. */
const MARK = 'zqzqmarkzqzq';

interface Case {
  readonly title: string;
  /** Statements, where `:t` is the table. */
  readonly made: string;
  /** Cells of the refused row: note and doc. */
  readonly cells?: readonly [note: string | null, doc: string | null];
  /** The expected message. */
  readonly says: RegExp;
  /** A line of `check`: whether it is met, and its text. */
  readonly checked: readonly [met: boolean, says: RegExp];
  readonly kind?: 'retry';
  /** What the message must not contain. */
  readonly not?: RegExp;
}

const FUNCTION = (name: string, body: string, options = '') =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql ${options} AS $$BEGIN ${body} END$$`;
const TRIGGER = (routine: string, when = 'BEFORE INSERT OR UPDATE') =>
  `CREATE TRIGGER by_hand ${when} ON :t FOR EACH ROW EXECUTE FUNCTION ${routine}()`;

const CASES: readonly Case[] = [
  {
    title: 'an index that cannot hold a value',
    made: 'CREATE INDEX by_note ON :t (note)',
    // Hardly compressible, since repetitions would be compressed.
    cells: [
      MARK + Array.from({ length: 9_000 }, (_, i) => ((i * i * 7_919) % 65_537).toString(36)).join(''),
      null,
    ],
    says: /54000.*index "by_note" \(btree \(note\)\); it cannot hold a value of more than 2,704 bytes.*DROP INDEX "public"\."by_note";/,
    checked: [true, /more than 2,704 bytes/],
  },
  {
    title: 'an expression index with a cast',
    made: `CREATE INDEX by_n ON :t (((doc->>'n')::int))`,
    cells: [null, `{"n":"${MARK}"}`],
    says: /22P02.*index "by_n" \(btree .*doc.*its expression.*DROP INDEX/,
    checked: [true, /index "by_n".*its expression/],
  },
  {
    title: 'an expression index whose function quotes values in a syntax error',
    made: `UPDATE :t SET note = NULL; CREATE INDEX by_query ON :t ((note::tsquery))`,
    cells: [`${MARK} ${MARK}`, null],
    says: /42601.*index "by_query"/,
    checked: [true, /index "by_query"/],
  },
  {
    title: 'a generated column',
    made: `ALTER TABLE :t ADD COLUMN n int GENERATED ALWAYS AS ((doc->>'n')::int) STORED`,
    cells: [null, `{"n":"${MARK}"}`],
    says: /22P02.*generated column "n".*DROP COLUMN "n";/,
    checked: [true, /generated column "n"/],
  },
  {
    title: 'a unique index',
    made: `CREATE UNIQUE INDEX one_note ON :t (note)`,
    cells: [`first ${MARK}`, null],
    says: /23505.*index "one_note".*equal values, which DynamoDB allows.*DROP INDEX/,
    checked: [true, /equal values/],
  },
  {
    title: 'a unique constraint',
    made: `ALTER TABLE :t ADD CONSTRAINT one_note_only UNIQUE (note)`,
    cells: [`first ${MARK}`, null],
    says: /23505.*constraint "one_note_only" \(UNIQUE \(note\)\).*DROP CONSTRAINT "one_note_only"/,
    checked: [true, /equal values/],
  },
  {
    title: 'a check constraint',
    made: `ALTER TABLE :t ADD CONSTRAINT short CHECK (length(note) < 20)`,
    cells: [`${MARK}${MARK}`, null],
    says: /23514.*constraint "short" \(CHECK.*violate it.*DROP CONSTRAINT "short"/,
    checked: [true, /constraint "short"/],
  },
  {
    title: 'a check constraint whose expression fails',
    made: `UPDATE :t SET note = NULL; ALTER TABLE :t ADD CONSTRAINT dated CHECK (note::date > '1900-01-01')`,
    cells: [MARK, null],
    says: /22007.*constraint "dated"/,
    checked: [true, /constraint "dated"/],
  },
  {
    title: 'NOT NULL on an attribute',
    made: `UPDATE :t SET doc = '1'; ALTER TABLE :t ALTER COLUMN doc SET NOT NULL`,
    cells: [MARK, null],
    says: /23502.*column "doc", which is NOT NULL; it refuses items without the attribute.*ALTER COLUMN "doc" DROP NOT NULL/,
    checked: [true, /"doc", which is NOT NULL/],
  },
  {
    title: 'an additional column without a default',
    made: `ALTER TABLE :t ADD COLUMN mine text NOT NULL DEFAULT 'x'; ALTER TABLE :t ALTER COLUMN mine DROP DEFAULT`,
    cells: [MARK, null],
    says: /23502.*column "mine", which is NOT NULL; it belongs to no attribute and has no default/,
    checked: [false, /"mine", which is NOT NULL/],
  },
  {
    title: 'a foreign key',
    made: `CREATE TABLE :t_notes (note text PRIMARY KEY); INSERT INTO :t_notes VALUES ('first ${MARK}'); ALTER TABLE :t ADD CONSTRAINT known FOREIGN KEY (note) REFERENCES :t_notes`,
    cells: [MARK, null],
    says: /23503.*constraint "known" \(FOREIGN KEY.*counterpart.*DROP CONSTRAINT "known"/,
    checked: [true, /constraint "known"/],
  },
  {
    title: 'an exclusion constraint',
    made: `ALTER TABLE :t ADD CONSTRAINT apart EXCLUDE USING btree (note WITH =)`,
    cells: [`first ${MARK}`, null],
    says: /23P01.*constraint "apart".*DROP CONSTRAINT "apart"/,
    checked: [true, /constraint "apart"/],
  },
  {
    title: 'a trigger that raises',
    made: `${FUNCTION('no_it', `RAISE EXCEPTION 'not %', NEW.note USING DETAIL = NEW.note, HINT = NEW.note, TABLE = NEW.note, COLUMN = NEW.note, CONSTRAINT = NEW.note;`)}; ${TRIGGER('no_it')}`,
    cells: [MARK, null],
    says: /P0001.*trigger "by_hand" with function public\.no_it\(\).*Fix its function, or drop it: DROP TRIGGER "by_hand" ON "public"/,
    checked: [true, /trigger "by_hand" with function public\.no_it\(\)/],
  },
  {
    title: 'a trigger that raises with a code of its own',
    made: `${FUNCTION('no_code', `RAISE EXCEPTION 'not %', NEW.note USING ERRCODE = 'ZZ123';`)}; ${TRIGGER('no_code')}`,
    cells: [MARK, null],
    says: /ZZ123.*trigger "by_hand" with function public\.no_code\(\).*Retrying/,
    checked: [true, /no_code/],
    kind: 'retry',
  },
  {
    title: 'a trigger that runs a statement with the value in its text',
    made: `${FUNCTION('by_text', `EXECUTE 'SELECT ' || NEW.note; RETURN NEW;`)}; ${TRIGGER('by_text')}`,
    cells: [MARK, null],
    says: /42703.*function public\.by_text\(\)/,
    checked: [true, /by_text/],
  },
  {
    title: 'a trigger that does not find its tables',
    made: `CREATE TABLE audit (what text); ${FUNCTION('log_it', `INSERT INTO audit VALUES (NEW.note); RETURN NEW;`)}; ${TRIGGER('log_it')}`,
    cells: [MARK, null],
    says: /42P01.*log_it\(\); its function has no search_path.*ALTER FUNCTION public\.log_it\(\) SET search_path = "\$user", public;/,
    checked: [true, /no search_path of its own/],
    not: /changed by hand/,
  },
  {
    title: 'a trigger that lacks a privilege, beside another one',
    made: `CREATE SCHEMA hidden; CREATE TABLE hidden.audit (what text);
      ${FUNCTION('harmless', 'RETURN NEW;')}; CREATE TRIGGER another BEFORE INSERT ON :t FOR EACH ROW EXECUTE FUNCTION harmless();
      ${FUNCTION('log_there', `INSERT INTO hidden.audit VALUES (NEW.note); RETURN NEW;`)}; ${TRIGGER('log_there')}`,
    cells: [MARK, null],
    says: /42501.*log_there\(\).*privilege.*SECURITY DEFINER/,
    checked: [true, /log_there/],
    not: /harmless/,
    kind: 'retry',
  },
  {
    title: 'a rule',
    made: `CREATE RULE nothing AS ON INSERT TO :t DO INSTEAD NOTHING`,
    cells: [MARK, null],
    says: /0A000.*rule "nothing".*DROP RULE "nothing" ON "public"/,
    checked: [false, /rule "nothing"/],
  },
  {
    title: 'a table of which it is a partition',
    made: `UPDATE :t SET note = 'a'; CREATE TABLE :t_all (LIKE :t) PARTITION BY LIST (note); ALTER TABLE :t_all ATTACH PARTITION :t FOR VALUES IN ('a')`,
    says: /23514.*table public\.t\d+_all, of which it is a partition.*DETACH PARTITION "public"/,
    checked: [false, /of which it is a partition/],
  },
  {
    title: 'row-level security that applies to the owner',
    made: `ALTER TABLE :t ENABLE ROW LEVEL SECURITY; ALTER TABLE :t FORCE ROW LEVEL SECURITY; CREATE POLICY p ON :t USING (note = 'abc')`,
    cells: [MARK, null],
    says: /42501.*row-level security of table "public"\."t\d+".*NO FORCE ROW LEVEL SECURITY;.*start the replicator again/,
    checked: [false, /row-level security/],
  },
];

describe('destination postgres: objects that others added to its tables', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let role: string;
  before(async () => {
    fixture = await postgresFixture();
    role = `owner_${fixture.database.name}`;
    await asAdministrator(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    await fixture.sql(
      `CREATE SCHEMA _replicator AUTHORIZATION ${role}; GRANT CREATE, USAGE ON SCHEMA public TO ${role}`,
    );
  });
  after(async () => {
    await fixture.cleanup();
    await asAdministrator(`DROP ROLE ${role}`);
  });

  const open = () => {
    const url = new URL(fixture.database.url);
    [url.username, url.password] = [role, 'x'];
    return destinationAt(url.href);
  };
  const put = (store: PipelineStore, cells: readonly (string | null)[], id = MARK) =>
    store.apply('visible', { columns: COLUMNS, changes: [upsert(id, cells)] }, checkpoint('applied'));

  CASES.forEach(
    ({ title, made, cells = [MARK, null], says, checked, kind = 'fatal', not = /Please report/ }, i) => {
      it(`are named with the fix, and without values: ${title}`, async () => {
        const target: TableTarget = { ...ORDERS, pipeline: `p${i}`, table: `t${i}` };
        const destination = open();
        const store = await published({ destination }, [['first', `first ${MARK}`, null]], target, COLUMNS);
        const lines = () => destination.check([{ schema: undefined, table: target.table }]);
        const before = await lines();
        await fixture.sql(made.replaceAll(/:t\b/g, target.table).replaceAll(':t_', `${target.table}_`));
        const refusal: unknown = await put(store, cells).catch((error: unknown) => error);
        assert.ok(refusal instanceof ReplicatorError, String(refusal));
        assert.match(refusal.message, says);
        assert.equal(refusal.kind, kind, refusal.message);
        assert.doesNotMatch(refusal.message, not);
        assert.ok(!shown(refusal).includes(MARK), shown(refusal));
        const added = (await lines()).slice(before.length);
        assert.ok(
          added.some(
            ({ met, requirement, found, fix }) =>
              met === checked[0] && checked[1].test(`${requirement}: ${found} ${fix}`),
          ),
          JSON.stringify(added, null, 2),
        );
        assert.ok(!JSON.stringify(added).includes(MARK));
        await store.release();
        await destination.close();
      });
    },
  );

  it('accept the row after the fix in the message', async () => {
    const target: TableTarget = { ...ORDERS, pipeline: 'fixed', table: 'fixed' };
    const own = await postgresFixture();
    const store = await published(own, [['first', 'a', null]], target, COLUMNS);
    for (const { made, cells = [MARK, null] } of CASES.filter(
      ({ made: sql }) => !/CREATE (FUNCTION|TABLE|SCHEMA)|SECURITY|UNIQUE|EXCLUDE/.test(sql),
    )) {
      await own.sql(`UPDATE fixed SET note = 'first ${MARK}'; ${made.replaceAll(/:t\b/g, 'fixed')}`);
      const refusal: unknown = await put(store, cells).catch((error: unknown) => error);
      assert.ok(refusal instanceof ReplicatorError, made);
      const [statement] = /(?:DROP|ALTER) [^;]*;/.exec(refusal.message) ?? [];
      assert.ok(statement, refusal.message);
      await own.sql(statement);
      await put(store, cells);
      await own.sql(`DELETE FROM fixed WHERE id <> 'first'`);
    }
    await store.release();
    await own.cleanup();
  });

  it('a delete of a row that a policy hides is an error, and not silently dropped', async () => {
    const target: TableTarget = { ...ORDERS, pipeline: 'hidden', table: 'hidden_rows' };
    const destination = open();
    const store = await published({ destination }, [['a', 'x', null]], target, COLUMNS);
    await fixture.sql(
      `ALTER TABLE hidden_rows ENABLE ROW LEVEL SECURITY; ALTER TABLE hidden_rows FORCE ROW LEVEL SECURITY`,
    );
    const remove = () =>
      store.apply(
        'visible',
        { columns: COLUMNS, changes: [{ action: 'delete', keyText: 'a', sourceTime: 1, key: ['a'] }] },
        checkpoint('applied'),
      );
    await assert.rejects(remove(), { kind: 'fatal', message: /row-level security/ });
    await fixture.sql(`ALTER TABLE hidden_rows NO FORCE ROW LEVEL SECURITY`);
    await remove();
    assert.deepEqual(await fixture.sql('SELECT id FROM hidden_rows'), []);
    await store.release();
    await destination.close();
  });

  for (const [what, sql] of [
    ['a table of a user that inherits from it', 'CREATE TABLE :t_old () INHERITS (:t)'],
    ['UNLOGGED, so that a crash would empty it', 'ALTER TABLE :t SET UNLOGGED'],
    ['a rule that drops deletes', 'CREATE RULE nothing AS ON DELETE TO :t DO INSTEAD NOTHING'],
    [
      'row-level security that applies to the owner',
      'ALTER TABLE :t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
    ],
  ] as const)
    it(`refuse a lease of a table with ${what}`, async () => {
      const target: TableTarget = { ...ORDERS, pipeline: sql, table: `leased_${sql.length}` };
      const destination = open();
      const store = await published({ destination }, [['a', 'x', null]], target, COLUMNS);
      await store.release();
      await fixture.sql(sql.replaceAll(':t', target.table));
      await assert.rejects(destination.lease(target), (error) => {
        assert.ok(error instanceof ReplicatorError && error.kind === 'fatal', String(error));
        const [fix] = /(?:DROP|ALTER) [^;]*;/.exec(error.message) ?? [];
        assert.ok(fix, error.message);
        return true;
      });
      await destination.close();
    });

  it('a default is not stored in a deleted row of which only the key is known', async () => {
    const own = await postgresFixture();
    await storesNoDefaults(own);
    await own.cleanup();
  });

  it('an event trigger that prevents new tables is named by check and by the load', async () => {
    const own = await postgresFixture();
    await own.sql(
      `CREATE FUNCTION public.no_tables() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$;
       CREATE TABLE public.before (a text)`,
    );
    const store = await own.destination.lease(ORDERS);
    await own.sql('CREATE EVENT TRIGGER guard ON ddl_command_start EXECUTE FUNCTION public.no_tables()');
    const says =
      /P0001.*event trigger "guard" with function public\.no_tables\(\).*ALTER EVENT TRIGGER "guard" DISABLE;/;
    const lines = await own.destination.check([{ schema: undefined, table: 'orders' }]);
    assert.match(lines.find(({ met }) => !met)?.found ?? '', says);
    await assert.rejects(store.startGeneration(1, checkpoint('begun')), { kind: 'fatal', message: says });
    await store.release();
    await own.cleanup();
  });
});
