import type { Column } from '../../item/column';
import { DestinationTableReplaced, KeyMissing } from '../errors';
import type { OwnRows } from '../relational/bookkeeping';
import { addedAndKept, isKey, type KeptColumn } from '../relational/columns';
import { quote } from '../relational/sql';
import {
  type FirstColumn,
  itemColumns,
  type LastColumn,
  type OwnTable,
  PipelineTables,
} from '../relational/tables';
import type { ColumnRules, DefinedColumn } from '../relational/table-shape';
import { ownRows } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { OWN_COLUMNS } from './dialect';
import { missingKey } from './key';
import { holderOfName, withArticle } from './objects/name-holder';
import { putBack } from './put-back';
import { identifyRows } from './replica-identity';
import { sqlType, toJson, type SqlType } from './types';

export const DEFAULT_SCHEMA = 'public';

/**
 * Fill factor of the visible table. With free space in its page, an update usually stays there and leaves the index
 * alone.
 */
const FILL_PERCENT = 90;

/** A column whose type has to become jsonb. */
export interface Conversion {
  readonly name: string;
  readonly from: SqlType;
}

/** What has to change in a table to hold another set of columns. */
export interface TableChange {
  readonly added: readonly Column[];
  readonly converted: readonly Conversion[];
}

const OWN_TYPES: Readonly<Record<FirstColumn | LastColumn, DefinedColumn>> = {
  key: { name: OWN_COLUMNS.digest, type: 'bytea' },
  action: { name: OWN_COLUMNS.action, type: 'text' },
  known: { name: OWN_COLUMNS.known, type: 'boolean' },
  sourceTime: { name: OWN_COLUMNS.sourceTime, type: 'timestamp with time zone' },
  deleted: { name: OWN_COLUMNS.deleted, type: 'boolean' },
};
const FIRST: Readonly<Record<FirstColumn, string>> = {
  key: `${OWN_COLUMNS.digest} bytea PRIMARY KEY`,
  action: `${OWN_COLUMNS.action} text NOT NULL`,
  known: `${OWN_COLUMNS.known} boolean NOT NULL`,
  sourceTime: `${OWN_COLUMNS.sourceTime} timestamptz NOT NULL`,
};
const LAST: Readonly<Record<LastColumn, string>> = {
  sourceTime: `${OWN_COLUMNS.sourceTime} timestamptz`,
  deleted: `${OWN_COLUMNS.deleted} boolean NOT NULL DEFAULT false`,
};

/** The tables of one pipeline in PostgreSQL. */
export class PostgresTables extends PipelineTables<Transaction> {
  readonly keyName = { column: OWN_COLUMNS.digest, ofDeadLetters: 'digest' };
  protected readonly defaultSchema = DEFAULT_SCHEMA;
  protected readonly columnType = sqlType;
  protected readonly ownColumns = OWN_TYPES;
  protected readonly rules: ColumnRules = {
    fold: (name) => name,
    holds: (made, found) => made === 'text' && found === 'character varying',
    putBack,
  };

  get ownRows(): OwnRows {
    return ownRows(this.number);
  }

  async exists(transaction: Transaction, table: OwnTable): Promise<boolean> {
    return (await holderOfName(transaction, this.name(table))) !== undefined;
  }

  /**
   * @throws DestinationTableReplaced when another object has the name of the table
   * @throws DestinationTableMissing, KeyMissing, ColumnTypeChanged
   */
  override async requireMade(
    transaction: Transaction,
    table: OwnTable,
    columns: readonly Column[],
  ): Promise<void> {
    const { schema, table: name } = this.name(table);
    const holder = await holderOfName(transaction, { schema, table: name });
    if (holder !== undefined && holder !== 'table')
      throw new DestinationTableReplaced(`${schema}.${name}`, withArticle(holder));
    await super.requireMade(transaction, table, columns);
    if (table !== 'visible') return;
    const fix = await missingKey(transaction, { schema, table: name }, columns, this.number);
    if (fix !== undefined) throw new KeyMissing(`${schema}.${name}`, fix, this.source);
  }

  async create(transaction: Transaction, table: OwnTable, columns: readonly Column[]): Promise<void> {
    const { lz4 } = transaction.facts;
    const definitions = [
      ...this.ownFirst(table).map((name) => FIRST[name]),
      ...itemColumns(table, columns).map((column) => definition(column, table, lz4)),
      ...this.ownLast(table).map((name) => LAST[name]),
    ];
    const storage = table === 'shadow' ? ` WITH (fillfactor = ${FILL_PERCENT})` : '';
    await transaction.run(`CREATE TABLE ${this.sql(table)} (${definitions.join(', ')})${storage}`);
    // It has no key until it is published.
    if (table === 'shadow') await identifyRows(transaction, this.name(table), 'FULL');
  }

  protected override async found(
    transaction: Transaction,
    table: OwnTable,
  ): Promise<readonly DefinedColumn[]> {
    const { schema, table: name } = this.name(table);
    // A nondeterministic collation, for which different texts are equal, would make one row of two keys.
    const rows = await transaction.rows(
      `SELECT a.attname, format_type(a.atttypid, a.atttypmod)
           || coalesce(' COLLATE ' || quote_ident(l.collname), '') AS type
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
           LEFT JOIN pg_collation l ON l.oid = a.attcollation AND NOT l.collisdeterministic
         WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
      [schema, name],
    );
    return rows.map(({ attname, type }) => ({ name: String(attname), type: String(type) }));
  }

  /** What a table with columns `before` needs to hold `after`. A number with more digits needs no change. */
  change(table: OwnTable, before: readonly Column[], after: readonly Column[]): TableChange {
    const { added, kept } = addedAndKept(itemColumns(table, before), itemColumns(table, after));
    const retyped = kept.filter(({ column, from }) => sqlType(from) !== sqlType(column.type));
    return { added, converted: retyped.map(jsonBound) };
  }

  /** Changes a table that is small or that nobody else reads: columns that change their type are rewritten. */
  async alter(transaction: Transaction, table: OwnTable, { added, converted }: TableChange): Promise<void> {
    const { lz4 } = transaction.facts;
    const actions = converted.flatMap(({ name, from }) => [
      `ALTER COLUMN ${quote(name)} TYPE jsonb USING ${toJson(quote(name), from)}`,
      ...(lz4 ? [`ALTER COLUMN ${quote(name)} SET COMPRESSION lz4`] : []),
    ]);
    actions.push(...added.map((column) => `ADD COLUMN ${definition(column, table, lz4)}`));
    if (actions.length > 0) await transaction.run(`ALTER TABLE ${this.sql(table)} ${actions.join(', ')}`);
  }
}

/**
 * Keys are compared byte by byte, as DynamoDB orders them. So an update of the system's collations cannot corrupt
 * their index.
 */
function definition(column: Column, table: OwnTable, lz4: boolean): string {
  const { name, type } = column;
  const stored = sqlType(type);
  const words = [quote(name), stored];
  if (lz4 && ['text', 'bytea', 'jsonb'].includes(stored)) words.push('COMPRESSION lz4');
  if (isKey(column) && stored === 'text') words.push('COLLATE "C"');
  // In the changes, an item that cannot be stored has no key.
  const mayLackKey = table === 'changes' || table === 'lines' || table === 'changed keys';
  if (isKey(column) && !mayLackKey) words.push('NOT NULL');
  return words.join(' ');
}

/** @throws RangeError when there is no such widening */
function jsonBound({ column: { name, type }, from }: KeptColumn): Conversion {
  const [before, after] = [sqlType(from), sqlType(type)];
  if (after !== 'jsonb') throw new RangeError(`column ${name} cannot widen from ${before} to ${after}`);
  return { name, from: before };
}
