import type { Column } from '../../item/column';
import type { TableRole, TableTarget } from '../destination';
import { DestinationUnusable } from '../errors';
import { keyColumns } from '../relational/columns';
import type { PipelineState } from './bookkeeping';
import { CATALOG } from './database-file';
import { OWN_COLUMNS } from './dialect';
import type { Transaction } from './session';
import { own, qualified, quote, type TableName } from '../relational/sql';
import { OWN_SCHEMA } from '../relational/target';
import { conversion, sqlType, storageType, type Conversion, type StorageType } from './types';

/** A column as it is in DuckDB's table. */
interface StoredColumn {
  readonly name: string;
  readonly type: StorageType;
}

export const DEFAULT_SCHEMA = 'main';

/** In messages: where else a pipeline may be loaded. */
export const ELSEWHERE = 'another file with --to';

/** `changed keys`: what `apply` has changed since `startVerify`. */
export type OwnTable = TableRole | 'changed keys';

/** The tables of one pipeline: their names, and their columns beside those of the items. */
export class PipelineTables {
  constructor(
    readonly target: TableTarget,
    private readonly number: number,
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
        // Beside the visible table, whose name it takes at the first publish: DuckDB cannot move a table to another schema.
        return { schema, table: own(`loading_${this.number}`) };
      case 'changes':
        return { schema: OWN_SCHEMA, table: `changes_${this.number}` };
      case 'verify':
        return { schema: OWN_SCHEMA, table: `verify_${this.number}` };
      case 'changed keys':
        return { schema: OWN_SCHEMA, table: `changed_keys_${this.number}` };
    }
  }

  sql(table: OwnTable): string {
    return qualified({ catalog: CATALOG, ...this.name(table) });
  }

  existing(state: PipelineState): readonly OwnTable[] {
    const tables: OwnTable[] = [];
    if (state.published) tables.push('visible');
    if (state.loading) tables.push('shadow', 'changes');
    if (state.verifying) tables.push('verify', 'changed keys');
    return tables;
  }

  async create(transaction: Transaction, table: OwnTable, columns: readonly Column[]): Promise<void> {
    const written = this.ownFirst(table).concat(itemColumns(table, columns), this.ownLast(table));
    const definitions = written.map(({ name, type }) => `${quote(name)} ${sqlType(type)}`);
    await transaction.run(`CREATE TABLE ${this.sql(table)} (${definitions.join(', ')})`);
  }

  async drop(transaction: Transaction, table: OwnTable): Promise<void> {
    await transaction.run(`DROP TABLE IF EXISTS ${this.sql(table)}`);
  }

  /**
   * Makes a table that has `before` have `after`.
   * @throws DestinationUnusable when an index of the user's stands in the way
   */
  async widen(
    transaction: Transaction,
    table: OwnTable,
    before: readonly Column[],
    after: readonly Column[],
  ): Promise<void> {
    const known = new Map(itemColumns(table, before).map((column) => [column.name, column.type]));
    const added: StoredColumn[] = [];
    const converted: (StoredColumn & Conversion)[] = [];
    for (const column of itemColumns(table, after)) {
      const old = known.get(column.name);
      if (old === undefined) added.push(column);
      const change = old && conversion(column.name, old, column.type);
      if (change !== undefined) converted.push({ ...column, ...change });
    }
    if (converted.some(({ plainCast }) => !plainCast)) {
      await this.rebuild(transaction, table, converted, added);
    } else {
      await this.alter(transaction, table, converted, added);
    }
  }

  private async alter(
    transaction: Transaction,
    table: OwnTable,
    converted: readonly StoredColumn[],
    added: readonly StoredColumn[],
  ): Promise<void> {
    const alter = `ALTER TABLE ${this.sql(table)}`;
    for (const { name, type } of converted) {
      await transaction.run(`${alter} ALTER COLUMN ${quote(name)} TYPE ${sqlType(type)}`);
    }
    for (const { name, type } of added) {
      await transaction.run(`${alter} ADD COLUMN ${quote(name)} ${sqlType(type)}`);
    }
  }

  /** Writes the whole table anew, in place: columns keep their order, and views, which go by name, their table. */
  private async rebuild(
    transaction: Transaction,
    table: OwnTable,
    converted: readonly (StoredColumn & Conversion)[],
    added: readonly StoredColumn[],
  ): Promise<void> {
    const { schema, table: name } = this.name(table);
    const indexes = await transaction.rows(
      `SELECT index_name FROM duckdb_indexes() WHERE database_name = '${CATALOG}'
         AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)`,
      [schema, name],
    );
    if (indexes.length > 0) {
      const names = indexes.map((index) => String(index['index_name'])).join(', ');
      throw new DestinationUnusable(
        `Column ${converted.map((column) => column.name).join(', ')} of table ${name} has to take another type, which ` +
          `its indexes do not allow. Drop them (${names}) and start the replicator again.`,
      );
    }
    const replaced = converted.map((column) => `${column.expression} AS ${quote(column.name)}`);
    const nulls = added.map((column) => `NULL::${sqlType(column.type)} AS ${quote(column.name)}`);
    await transaction.run(
      `CREATE OR REPLACE TABLE ${this.sql(table)} AS
         SELECT ${[`* REPLACE (${replaced.join(', ')})`, ...nulls].join(', ')} FROM ${this.sql(table)}`,
    );
  }

  private ownFirst(table: OwnTable): StoredColumn[] {
    if (table === 'changed keys') return [{ name: OWN_COLUMNS.key, type: { storage: 'text' } }];
    if (table !== 'changes') return [];
    return [
      { name: OWN_COLUMNS.key, type: { storage: 'text' } },
      { name: OWN_COLUMNS.action, type: { storage: 'text' } },
      { name: OWN_COLUMNS.known, type: { storage: 'boolean' } },
      { name: OWN_COLUMNS.sourceTime, type: { storage: 'timestamp' } },
    ];
  }

  private ownLast(table: OwnTable): StoredColumn[] {
    if (table !== 'visible' && table !== 'shadow') return [];
    const sourceTime: StoredColumn = { name: OWN_COLUMNS.sourceTime, type: { storage: 'timestamp' } };
    if (!this.soft) return [sourceTime];
    return [sourceTime, { name: OWN_COLUMNS.deleted, type: { storage: 'boolean' } }];
  }
}

export function storedColumn(column: Column): StoredColumn {
  return { name: column.name, type: storageType(column.type) };
}

function itemColumns(table: OwnTable, columns: readonly Column[]): StoredColumn[] {
  return (table === 'changed keys' ? keyColumns(columns) : columns).map(storedColumn);
}
