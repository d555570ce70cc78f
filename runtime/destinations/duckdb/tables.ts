import type { Column, ColumnType } from '../../item/column';
import { ColumnTypeChanged, DestinationTableReplaced, DestinationUnusable } from '../errors';
import type { OwnRows } from '../relational/bookkeeping';
import { addedAndKept, OWN_COLUMNS } from '../relational/columns';
import { freeName } from '../relational/free-name';
import { qualified, quote } from '../relational/sql';
import {
  type FirstColumn,
  itemColumns,
  type LastColumn,
  type OwnTable,
  PipelineTables,
} from '../relational/tables';
import type { ColumnRules, DefinedColumn } from '../relational/table-shape';
import { kindOfName, ownRows, tableExists } from './bookkeeping';
import { CATALOG } from './database-file';
import { duckdbDialect } from './dialect';
import { dropIndex } from './objects/drops';
import { retypeStatements } from './objects/find-objects';
import { requireRebuildable } from './objects/require-rebuildable';
import type { Transaction } from './session';
import { conversion, sqlType, storageType, type Conversion, type StorageType } from './types';

/** A column as DuckDB stores it. */
interface StoredColumn {
  readonly name: string;
  readonly type: StorageType;
}

export const DEFAULT_SCHEMA = 'main';

const OWN_DEFINITIONS: Readonly<Record<FirstColumn | LastColumn, DefinedColumn>> = {
  key: { name: OWN_COLUMNS.key, type: 'VARCHAR' },
  action: { name: OWN_COLUMNS.action, type: 'VARCHAR' },
  known: { name: OWN_COLUMNS.known, type: 'BOOLEAN' },
  sourceTime: { name: OWN_COLUMNS.sourceTime, type: 'TIMESTAMP' },
  deleted: { name: OWN_COLUMNS.deleted, type: 'BOOLEAN' },
};

/** The tables of one pipeline in DuckDB. */
export class DuckDBTables extends PipelineTables<Transaction> {
  readonly keyName = { column: OWN_COLUMNS.key, ofDeadLetters: 'key' };
  protected override readonly catalog = CATALOG;
  protected readonly defaultSchema = DEFAULT_SCHEMA;
  protected readonly columnType = (type: ColumnType) => spelled(storageType(type));
  protected readonly ownColumns = OWN_DEFINITIONS;
  protected readonly rules: ColumnRules = { fold: (name) => name.toLowerCase(), holds: holdsWhole };

  get ownRows(): OwnRows {
    return ownRows(this.target.pipeline);
  }

  async exists(transaction: Transaction, table: OwnTable): Promise<boolean> {
    const { schema, table: name } = this.name(table);
    return tableExists(transaction, schema, name);
  }

  async create(transaction: Transaction, table: OwnTable, columns: readonly Column[]): Promise<void> {
    const ours = (of: FirstColumn | LastColumn) => `${OWN_DEFINITIONS[of].name} ${OWN_DEFINITIONS[of].type}`;
    const definitions = [
      ...this.ownFirst(table).map(ours),
      ...itemColumns(table, columns).map(({ name, type }) => `${quote(name)} ${sqlType(storageType(type))}`),
      ...this.ownLast(table).map(ours),
    ];
    await transaction.run(`CREATE TABLE ${this.sql(table)} (${definitions.join(', ')})`);
  }

  protected override async found(
    transaction: Transaction,
    table: OwnTable,
  ): Promise<readonly DefinedColumn[]> {
    const { schema, table: name } = this.name(table);
    const rows = await transaction.rows(
      `SELECT column_name, data_type, sql FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_oid)
         WHERE database_name = $1 AND lower(duckdb_columns.schema_name) = lower($2)
         AND lower(duckdb_columns.table_name) = lower($3)`,
      [CATALOG, schema, name],
    );
    // A view has columns, but none of a table.
    if (rows.length === 0 && (await kindOfName(transaction, schema, name)) === 'view')
      throw new DestinationTableReplaced(`${schema}.${name}`, 'a view');
    return rows.map(({ column_name: column, data_type: type, sql }) => ({
      name: String(column),
      type: String(type) + collationOf(String(column), String(sql)),
    }));
  }

  /** @throws ColumnTypeChanged, DestinationTableReplaced */
  override async requireMade(
    transaction: Transaction,
    table: OwnTable,
    columns: readonly Column[],
  ): Promise<void> {
    try {
      await super.requireMade(transaction, table, columns);
    } catch (error) {
      if (!(error instanceof ColumnTypeChanged) || error.found === undefined) throw error;
      const { column, made, found } = error;
      const putBack = await retypeStatements(transaction, this.name(table), { name: column, type: made });
      throw new ColumnTypeChanged(error.table, column, { made, found, putBack, source: this.source });
    }
  }

  /**
   * Changes a table with columns `before` to hold `after`.
   * @throws DestinationUnusable when an index of the user prevents it
   */
  async widen(
    transaction: Transaction,
    table: OwnTable,
    before: readonly Column[],
    after: readonly Column[],
  ): Promise<void> {
    const { added, kept } = addedAndKept(itemColumns(table, before), itemColumns(table, after));
    await this.requireFree(transaction, table, added);
    const converted = kept.flatMap(({ column: { name, type }, from }) => {
      const change = conversion(name, storageType(from), storageType(type));
      return change === undefined ? [] : [{ name, type: storageType(type), ...change }];
    });
    if (converted.some(({ plainCast }) => !plainCast)) {
      await this.rebuild(transaction, table, before, converted, added.map(storedColumn));
    } else {
      await this.alter(transaction, table, converted, added.map(storedColumn));
    }
  }

  /** @throws DestinationUnusable when a user has added a column with the name of a new attribute */
  private async requireFree(
    transaction: Transaction,
    table: OwnTable,
    added: readonly Column[],
  ): Promise<void> {
    if (added.length === 0) return;
    const { fold } = this.rules;
    const present = new Map((await this.found(transaction, table)).map(({ name }) => [fold(name), name]));
    for (const { name } of added) {
      const taken = present.get(fold(name));
      if (taken === undefined) continue;
      const free = await freeName(taken, '_by_hand', duckdbDialect.identifiers.maxBytes, (one) =>
        present.has(fold(one)),
      );
      const rename = [
        ...(await this.indexDrops(transaction, table)),
        `ALTER TABLE ${qualified(this.name(table))} RENAME COLUMN ${quote(taken)} TO ${quote(free)};`,
      ];
      throw new DestinationUnusable(
        `Table ${qualified(this.name(table))} has a column ${quote(taken)} that was added by hand, and a new attribute needs that name. ` +
          `Rename the column: ${rename.join(' ')} then start the replicator again.`,
      );
    }
  }

  /** Statements that drop the indexes of users. With an index, DuckDB renames no column and changes no type. */
  private async indexDrops(transaction: Transaction, table: OwnTable): Promise<readonly string[]> {
    const { schema, table: name } = this.name(table);
    const indexes = await transaction.rows(
      `SELECT schema_name AS schema, index_name AS name FROM duckdb_indexes() WHERE database_name = '${CATALOG}'
         AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2) ORDER BY 2`,
      [schema, name],
    );
    return indexes.map((index) =>
      dropIndex({ schema: String(index['schema']), table: String(index['name']) }),
    );
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

  /**
   * Rewrites the whole table in place. Columns keep their order, and views still find the table, since they refer to
   * it by name.
   * @throws DestinationUnusable when an index or a foreign key of the user prevents it
   */
  private async rebuild(
    transaction: Transaction,
    table: OwnTable,
    before: readonly Column[],
    converted: readonly (StoredColumn & Conversion)[],
    added: readonly StoredColumn[],
  ): Promise<void> {
    await requireRebuildable(
      transaction,
      this.name(table),
      before,
      converted.map(({ name }) => name),
    );
    const replaced = converted.map((column) => `${column.expression} AS ${quote(column.name)}`);
    const nulls = added.map((column) => `NULL::${sqlType(column.type)} AS ${quote(column.name)}`);
    await transaction.run(
      `CREATE OR REPLACE TABLE ${this.sql(table)} AS
         SELECT ${[`* REPLACE (${replaced.join(', ')})`, ...nulls].join(', ')} FROM ${this.sql(table)}`,
    );
  }
}

function storedColumn(column: Column): StoredColumn {
  return { name: column.name, type: storageType(column.type) };
}

/**
 * ` COLLATE …` where a text column has a collation: it makes one row of two keys, and changes that it does not tell apart are
 * not written. The catalog shows collations in the table's definition only.
 * @param sql the definition, as `duckdb_tables()` prints it
 */
export function collationOf(column: string, sql: string): string {
  for (const name of [column, quote(column)]) {
    for (const before of ['(', ', ']) {
      const start = `${before}${name} VARCHAR COLLATE `;
      const at = sql.indexOf(start);
      if (at >= 0) return ` COLLATE ${/^[\w.]+/.exec(sql.slice(at + start.length))?.[0] ?? ''}`;
    }
  }
  return '';
}

/** A type as the catalog of DuckDB spells it. */
function spelled(type: StorageType): string {
  return sqlType(type).replace(', ', ',');
}

/** Digits of a BIGINT. */
const INT64_DIGITS = 19;

/** Where the replicator created a BIGINT, any wider type of whole numbers is fine too. */
function holdsWhole(made: string, found: string): boolean {
  if (made !== 'BIGINT') return false;
  if (found === 'HUGEINT') return true;
  const [, digits, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(found) ?? [];
  return digits !== undefined && Number(digits) - Number(scale) >= INT64_DIGITS;
}
