import { qualified } from '../../relational/sql';
import { type Query, TABLE } from './query';

/** Tables of users that inherit from a table of ours. */
export const CHILDREN: Query = {
  sql: `SELECT inhrelid::regclass AS child FROM pg_inherits WHERE inhparent = ${TABLE} ORDER BY 1`,
  object: ({ child }, table) => ({
    label: `table ${child}, which inherits from it`,
    named: {},
    reasons: [
      {
        codes: [],
        because: 'its rows would be changed and deleted with those of the replicator',
        fix: `Separate it: ALTER TABLE ${child} NO INHERIT ${qualified(table)};`,
        inCheck: 'refuses',
      },
    ],
  }),
};

/** Tables of users that have a table of ours as a partition. */
export const PARENTS: Query = {
  sql: `SELECT i.inhparent::regclass AS parent FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhrelid = ${TABLE} AND c.relispartition`,
  object: ({ parent }, table) => ({
    label: `table ${parent}, of which it is a partition`,
    named: {},
    reasons: [
      {
        codes: ['23514', '42809'],
        because: 'a partition accepts no rows outside its bounds, and no columns for new attributes',
        fix: `Detach it: ALTER TABLE ${parent} DETACH PARTITION ${qualified(table)};`,
        inCheck: 'refuses',
      },
    ],
  }),
};

/** A crash of the server empties such a table, but keeps the position that covers its rows. */
export const UNLOGGED: Query = {
  sql: `SELECT FROM pg_class WHERE oid = ${TABLE} AND relpersistence <> 'p'`,
  object: (_row, table) => ({
    label: `table ${qualified(table)} is UNLOGGED`,
    named: {},
    reasons: [
      {
        codes: [],
        because: 'a crash of the server would empty it',
        fix: `Make it logged: ALTER TABLE ${qualified(table)} SET LOGGED;`,
        inCheck: 'refuses',
      },
    ],
  }),
};
