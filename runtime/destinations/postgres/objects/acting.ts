import { qualified, quote } from '../../relational/sql';
import { isTrue } from '../../relational/transaction';
import { type Query, TABLE } from './query';
import type { Reason } from './table-object';

/** Errors of a missing name or function. */
const NOT_FOUND = ['42P01', '42883', '42703', '42704', '3F000'];

export const ROW_SECURITY: Query = {
  sql: `SELECT FROM pg_class c WHERE c.oid = ${TABLE} AND row_security_active(c.oid)`,
  object: (_row, table) => ({
    label: `row-level security of table ${qualified(table)}`,
    named: {},
    reasons: [
      {
        codes: ['42501'],
        inFunction: false,
        because: `it applies to the replicator's role too, so rows would be refused or changes not applied`,
        fix: `Exempt the table's owner: ALTER TABLE ${qualified(table)} NO FORCE ROW LEVEL SECURITY;`,
        inCheck: 'refuses',
      },
    ],
  }),
};

export const RULES: Query = {
  sql: `SELECT rulename AS name, is_instead OR ev_type <> '4' AS stops FROM pg_rewrite
    WHERE ev_class = ${TABLE} AND rulename <> '_RETURN' AND ev_enabled IN ('O', 'A') ORDER BY 1`,
  object: ({ name, stops }, table) => ({
    label: `rule ${quote(String(name))}`,
    named: {},
    reasons: [
      {
        codes: isTrue(stops) ? ['0A000'] : [''],
        because: isTrue(stops)
          ? 'with it, inserts, updates and deletes of the replicator do not do what they should'
          : 'it adds a statement to each delete, which may fail',
        fix: `Drop it: DROP RULE ${quote(String(name))} ON ${qualified(table)};`,
        inCheck: isTrue(stops) ? 'refuses' : 'may refuse',
      },
    ],
  }),
};

/** Languages whose functions do not use the search_path, and whose errors have no context. */
const NATIVE = ['c', 'internal'];

/** Bits of a trigger's type: for each row, and before it. Source: PostgreSQL's TRIGGER_TYPE_ROW, TRIGGER_TYPE_BEFORE. */
const BEFORE_ROW = 1 + 2;

export const TRIGGERS: Query = {
  sql: `SELECT t.tgname AS name, p.proname AS routine, p.oid::regprocedure AS signature, l.lanname AS language,
      t.tgtype & ${BEFORE_ROW} = ${BEFORE_ROW} AS may_drop,
      EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE starts_with(setting, 'search_path=')) AS has_path,
      (SELECT coalesce(nullif(reset_val, ''), 'public') FROM pg_settings WHERE pg_settings.name = 'search_path') AS usual_path
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
    WHERE t.tgrelid = ${TABLE} AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') ORDER BY 1`,
  object(row, table) {
    const name = String(row['name']);
    const alter = `ALTER FUNCTION ${row['signature']}`;
    const inFunction = !NATIVE.includes(String(row['language']));
    const reasons: Reason[] = [];
    if (inFunction && !isTrue(row['has_path'])) {
      reasons.push({
        codes: NOT_FOUND,
        inFunction,
        because: `its function has no search_path of its own, and the replicator writes with pg_catalog alone`,
        fix: `Set one: ${alter} SET search_path = ${row['usual_path']};`,
        inCheck: 'may refuse',
      });
    }
    reasons.push(
      {
        codes: ['42501'],
        inFunction,
        because: `its function needs a privilege that the replicator's role lacks`,
        fix: `Grant it to the role, or run the function as its owner: ${alter} SECURITY DEFINER;`,
      },
      {
        codes: [''],
        inFunction,
        because: 'it may refuse or change rows',
        fix: `Fix its function, or drop it: DROP TRIGGER ${quote(name)} ON ${qualified(table)};`,
        inCheck: 'may refuse',
      },
    );
    if (isTrue(row['may_drop'])) {
      reasons.push({
        codes: [],
        because: 'it drops a row, without an error, if its function returns NULL',
        fix: `Fix its function, or disable it: ALTER TABLE ${qualified(table)} DISABLE TRIGGER ${quote(name)};`,
        inCheck: 'may drop',
      });
    }
    return {
      label: `trigger ${quote(name)} with function ${row['signature']}`,
      named: { routine: String(row['routine']) },
      reasons,
    };
  },
};

/** Event triggers run when tables are created or altered. */
export const EVENT_TRIGGERS: Query = {
  sql: `SELECT e.evtname AS name, p.proname AS routine, p.oid::regprocedure AS signature
    FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid
    WHERE e.evtenabled IN ('O', 'A') ORDER BY 1`,
  object: ({ name, routine, signature }) => ({
    label: `event trigger ${quote(String(name))} with function ${signature}`,
    named: { routine: String(routine) },
    reasons: [
      {
        codes: [''],
        inFunction: true,
        because: 'it may prevent creating or altering tables',
        fix: `Fix its function, or turn it off: ALTER EVENT TRIGGER ${quote(String(name))} DISABLE;`,
      },
    ],
  }),
};
