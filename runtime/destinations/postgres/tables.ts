import type { Column } from '../../item/column';
import type { TableRole, TableTarget } from '../destination';
import { keyColumns } from '../relational/columns';
import { own, qualified, quote, type TableName } from '../relational/sql';
import { BOOKKEEPING, type PipelineState } from './bookkeeping';
import { OWN_COLUMNS } from './dialect';
import type { Transaction } from './connection/transaction';
import { sqlType, toJson, type SqlType } from './types';

export const DEFAULT_SCHEMA = 'public';

/** In messages: where else a pipeline may be loaded. */
export const ELSEWHERE = 'another database with --to';

/** Free space in each page of the visible table: an update then mostly stays in its page, and leaves the index alone. */
const FILL_PERCENT = 90;

/** `changed keys`: what `apply` has changed since `startVerify`. */
export type OwnTable = TableRole | 'changed keys';

/** A column that has to take the type jsonb. */
export interface Conversion {
  readonly name: string;
  readonly from: SqlType;
}

/** What a set of columns asks of a table that was made for another. */
export interface TableChange {
  readonly added: readonly Column[];
  readonly converted: readonly Conversion[];
}

/** The tables of one pipeline: their names, and their columns beside those of the items. */
export class PipelineTables {
  constructor(
    readonly target: TableTarget,
    readonly number: number,
  ) {}

  get soft(): boolean {
    return this.target.deletes === 'soft';
  }

  name(table: OwnTable): TableName {
    const schema = this.target.schema ?? DEFAULT_SCHEMA;
    switch (table) {
      case 'visible':
        return { schema, table: this.target.table };
      case 'shadow':
        // In the schema of the visible table, so that the privileges the schema gives to new tables are those of this one.
        return { schema, table: own(`loading_${this.number}`) };
      case 'changes':
        return { schema: BOOKKEEPING, table: `changes_${this.number}` };
      case 'verify':
        return { schema: BOOKKEEPING, table: `verify_${this.number}` };
      case 'changed keys':
        return { schema: BOOKKEEPING, table: `changed_keys_${this.number}` };
    }
  }

  sql(table: OwnTable): string {
    return qualified(this.name(table));
  }

  existing(state: PipelineState): readonly OwnTable[] {
    const tables: OwnTable[] = [];
    if (state.loading) tables.push('shadow', 'changes');
    if (state.verifying) tables.push('verify', 'changed keys');
    if (state.published) tables.push('visible');
    return tables;
  }

  async create(transaction: Transaction, table: OwnTable, columns: readonly Column[]): Promise<void> {
    const { lz4 } = transaction.facts;
    const definitions = [
      ...this.ownFirst(table),
      ...itemColumns(table, columns).map((column) => definition(column, table, lz4)),
      ...this.ownLast(table),
    ];
    const storage = table === 'shadow' ? ` WITH (fillfactor = ${FILL_PERCENT})` : '';
    await transaction.run(`CREATE TABLE ${this.sql(table)} (${definitions.join(', ')})${storage}`);
  }

  async drop(transaction: Transaction, table: OwnTable): Promise<void> {
    await transaction.run(`DROP TABLE IF EXISTS ${this.sql(table)}`);
  }

  /** What a table that has `before` needs to have `after`. A number that comes to have more digits needs nothing. */
  change(table: OwnTable, before: readonly Column[], after: readonly Column[]): TableChange {
    const known = new Map(itemColumns(table, before).map(({ name, type }) => [name, sqlType(type)]));
    const added: Column[] = [];
    const converted: Conversion[] = [];
    for (const column of itemColumns(table, after)) {
      const from = known.get(column.name);
      const to = sqlType(column.type);
      if (from === undefined) added.push(column);
      else if (from !== to) converted.push({ name: column.name, from: jsonBound(column.name, from, to) });
    }
    return { added, converted };
  }

  /** Changes a table that nobody else reads, or a small one: columns that take another type are written anew. */
  async alter(transaction: Transaction, table: OwnTable, { added, converted }: TableChange): Promise<void> {
    const { lz4 } = transaction.facts;
    const actions = converted.flatMap(({ name, from }) => [
      `ALTER COLUMN ${quote(name)} TYPE jsonb USING ${toJson(quote(name), from)}`,
      ...(lz4 ? [`ALTER COLUMN ${quote(name)} SET COMPRESSION lz4`] : []),
    ]);
    actions.push(...added.map((column) => `ADD COLUMN ${definition(column, table, lz4)}`));
    if (actions.length > 0) await transaction.run(`ALTER TABLE ${this.sql(table)} ${actions.join(', ')}`);
  }

  private ownFirst(table: OwnTable): readonly string[] {
    const { digest, action, known, sourceTime } = OWN_COLUMNS;
    if (table === 'changed keys') return [`${digest} bytea PRIMARY KEY`];
    if (table !== 'changes') return [];
    return [
      `${digest} bytea PRIMARY KEY`,
      `${action} text NOT NULL`,
      `${known} boolean NOT NULL`,
      `${sourceTime} timestamptz NOT NULL`,
    ];
  }

  private ownLast(table: OwnTable): readonly string[] {
    if (table !== 'visible' && table !== 'shadow') return [];
    const sourceTime = `${OWN_COLUMNS.sourceTime} timestamptz`;
    return this.soft ? [sourceTime, `${OWN_COLUMNS.deleted} boolean NOT NULL DEFAULT false`] : [sourceTime];
  }
}

function itemColumns(table: OwnTable, columns: readonly Column[]): readonly Column[] {
  return table === 'changed keys' ? keyColumns(columns) : columns;
}

/** Keys are compared byte by byte, as DynamoDB orders them, and no update of the system's collations can spoil their index. */
function definition({ name, type, role }: Column, table: OwnTable, lz4: boolean): string {
  const stored = sqlType(type);
  const isKey = role === 'partition key' || role === 'sort key';
  const words = [quote(name), stored];
  if (lz4 && ['text', 'bytea', 'jsonb'].includes(stored)) words.push('COMPRESSION lz4');
  if (isKey && stored === 'text') words.push('COLLATE "C"');
  // Of an item that cannot be held, the changes know no key.
  if (isKey && table !== 'changes' && table !== 'changed keys') words.push('NOT NULL');
  return words.join(' ');
}

/** @throws RangeError when there is no such widening */
function jsonBound(name: string, from: SqlType, to: SqlType): SqlType {
  if (to !== 'jsonb') throw new RangeError(`column ${name} cannot widen from ${from} to ${to}`);
  return from;
}
