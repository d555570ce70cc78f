import type { Column, ColumnType } from '../../item/column';
import type { TableRole } from '../destination';
import { DestinationTableMissing, RecordsMissing } from '../errors';
import type { OwnRows, PipelineRow } from './bookkeeping';
import { type OWN_COLUMNS, keyColumns } from './columns';
import { own, qualified, type TableName } from './sql';
import { type MadeTarget, OWN_SCHEMA } from './target';
import { type ColumnRules, type DefinedColumn, requireColumns } from './table-shape';
import type { SqlTransaction } from './transaction';

/** `changed keys`: the keys that `apply` has changed since `startVerify`. */
export type OwnTable = TableRole | 'changed keys';

type OwnColumn = keyof typeof OWN_COLUMNS;
/** The replicator's own columns before those of the items. */
export type FirstColumn = Exclude<OwnColumn, 'deleted'>;
/** The replicator's own columns after those of the items. */
export type LastColumn = Extract<OwnColumn, 'sourceTime' | 'deleted'>;

/** The column that identifies a key as a whole, in the changes tables and in that of the dead letters. */
export interface KeyName {
  readonly column: string;
  readonly ofDeadLetters: string;
}

/** The tables of one pipeline: their names, and their columns besides those of the items. */
export abstract class PipelineTables<Transaction extends SqlTransaction> {
  /** @param number the number of the pipeline, which makes the names of its tables unique */
  constructor(
    readonly target: MadeTarget,
    readonly number: number,
  ) {}

  protected abstract readonly defaultSchema: string;
  /** For databases where one session sees several. */
  protected readonly catalog: string | undefined;
  abstract readonly keyName: KeyName;
  /** The pipeline's rows in the bookkeeping. */
  abstract readonly ownRows: OwnRows;

  /** @param columns those of the items */
  abstract create(transaction: Transaction, table: OwnTable, columns: readonly Column[]): Promise<void>;
  /** Whether any object has the name of the table. */
  abstract exists(transaction: Transaction, table: OwnTable): Promise<boolean>;
  protected abstract readonly rules: ColumnRules;
  /** The type of a column, as the catalog of the engine spells it. */
  protected abstract readonly columnType: (type: ColumnType) => string;
  protected abstract readonly ownColumns: Readonly<Record<FirstColumn | LastColumn, DefinedColumn>>;
  /** The present columns of the table, including those of users. */
  protected abstract found(transaction: Transaction, table: OwnTable): Promise<readonly DefinedColumn[]>;

  get soft(): boolean {
    return this.target.deletes === 'soft';
  }

  name(table: OwnTable): TableName {
    const schema = this.target.schema ?? this.defaultSchema;
    switch (table) {
      case 'visible':
        return { schema, table: this.target.table };
      case 'shadow':
        // In the schema of the visible table, whose name it takes at the first publish: DuckDB cannot move a table to
        // another schema, and PostgreSQL gives a new table the privileges of the schema where it is created.
        return { schema, table: own(`loading_${this.number}`) };
      case 'changes':
        return { schema: OWN_SCHEMA, table: `changes_${this.number}` };
      case 'lines':
        return { schema: OWN_SCHEMA, table: `lines_${this.number}` };
      case 'verify':
        return { schema: OWN_SCHEMA, table: `verify_${this.number}` };
      case 'changed keys':
        return { schema: OWN_SCHEMA, table: `changed_keys_${this.number}` };
    }
  }

  sql(table: OwnTable): string {
    return qualified({ ...(this.catalog !== undefined && { catalog: this.catalog }), ...this.name(table) });
  }

  /**
   * The existing tables. The visible table comes last, since others read it: once it is locked, nothing else has to
   * be waited for.
   */
  existing(state: PipelineRow): readonly OwnTable[] {
    const tables: OwnTable[] = [];
    if (state.loading) tables.push('shadow', 'changes');
    if (state.healing) tables.push('lines', 'changes');
    if (state.verifying) tables.push('verify', 'changed keys');
    if (state.published) tables.push('visible');
    return tables;
  }

  /** The error for a table that somebody has dropped or renamed. */
  missing(table: OwnTable): DestinationTableMissing {
    const { schema, table: name } = this.name(table);
    return new DestinationTableMissing(`${schema}.${name}`, this.source);
  }

  /** @param records name of the bookkeeping table that lacks rows */
  recordsMissing(records: string): RecordsMissing {
    return new RecordsMissing(`${OWN_SCHEMA}.${records}`, qualified(this.name('visible')), this.source);
  }

  /**
   * @param columns the recorded columns
   * @throws DestinationTableMissing when somebody dropped or renamed the table
   * @throws ColumnTypeChanged when somebody altered a column so that it could not hold every value
   */
  async requireMade(transaction: Transaction, table: OwnTable, columns: readonly Column[]): Promise<void> {
    const found = await this.found(transaction, table);
    if (found.length === 0 && !(await this.exists(transaction, table))) throw this.missing(table);
    const made = { ...this.name(table), source: this.source };
    requireColumns(made, this.made(table, columns), found, this.rules);
  }

  /** How the present tables delete, by their columns. `undefined`: there is no table. */
  async deletesFound(transaction: Transaction): Promise<MadeTarget['deletes'] | undefined> {
    for (const table of ['visible', 'shadow'] as const) {
      const found = await this.found(transaction, table);
      if (found.length === 0) continue;
      return found.some(({ name }) => name === this.ownColumns.deleted.name) ? 'soft' : 'hard';
    }
    return undefined;
  }

  /** The columns that `create` gives a table. */
  private made(table: OwnTable, columns: readonly Column[]): readonly DefinedColumn[] {
    const ours = (name: FirstColumn | LastColumn) => this.ownColumns[name];
    const items = itemColumns(table, columns);
    return [
      ...this.ownFirst(table).map(ours),
      ...items.map(({ name, type }) => ({ name, type: this.columnType(type) })),
      ...this.ownLast(table).map(ours),
    ];
  }

  async drop(transaction: Transaction, table: OwnTable): Promise<void> {
    await transaction.run(`DROP TABLE IF EXISTS ${this.sql(table)}`);
  }

  /** Name of the source table. */
  get source(): string {
    const { pipeline } = this.target;
    return pipeline.slice(pipeline.lastIndexOf('/') + 1);
  }

  protected ownFirst(table: OwnTable): readonly FirstColumn[] {
    if (table === 'changed keys') return ['key'];
    return table === 'changes' || table === 'lines' ? ['key', 'action', 'known', 'sourceTime'] : [];
  }

  protected ownLast(table: OwnTable): readonly LastColumn[] {
    if (table !== 'visible' && table !== 'shadow') return [];
    return this.soft ? ['sourceTime', 'deleted'] : ['sourceTime'];
  }
}

/** The items' columns that a table has. */
export function itemColumns(table: OwnTable, columns: readonly Column[]): readonly Column[] {
  return table === 'changed keys' ? keyColumns(columns) : columns;
}
