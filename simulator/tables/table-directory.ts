import type { SimulatorClock } from '../clock';
import type { Random } from '../random';
import { ServiceError } from '../service-error';
import type { ItemChange } from './change';
import type { Input } from './request';
import { requiredText } from './request';
import { Table } from './table';
import type { TableDefinition } from './table-definition';
import { checkTableName } from './table-name';
import type { TableStreams } from './table-view';

export interface TablesDependencies {
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Called for each write that changed an item, within the write and in commit order. */
  readonly onChange: (change: ItemChange) => void;
  readonly streams: TableStreams;
  /** How long a table is CREATING before it accepts requests, in ms. Default: 0. */
  readonly creatingMs?: number;
  /** How long a deleted table is DELETING and keeps its name, in ms. Default: 0. */
  readonly deletingMs?: number;
  /** Probability with which BatchGetItem leaves a key unprocessed. Default: 0. */
  readonly unprocessedKeys?: number;
}

export type TableStatus = 'CREATING' | 'ACTIVE' | 'DELETING';

/** The tables of an account, by name. */
export class TableDirectory {
  private readonly tables = new Map<string, Table>();
  /** Tables that are DELETING, with the epoch ms when they are gone. */
  private readonly goneAt = new Map<Table, number>();

  constructor(readonly deps: TablesDependencies) {}

  /** A table by name; undefined if it does not exist or is DELETING. */
  get(name: string): Table | undefined {
    const table = this.held(name);
    return table && this.status(table) === 'DELETING' ? undefined : table;
  }

  /** All tables, including those that are DELETING. */
  all(): Table[] {
    return [...this.tables.keys()].flatMap((name) => this.held(name) ?? []);
  }

  status(table: Table): TableStatus {
    if (this.goneAt.has(table)) return 'DELETING';
    return this.deps.clock.now() >= table.createdAt + (this.deps.creatingMs ?? 0) ? 'ACTIVE' : 'CREATING';
  }

  /** The table that an item operation names. @throws ServiceError ResourceNotFoundException unless it is ACTIVE */
  forItems(nameOrArn: string): Table {
    const table = this.held(this.nameOf(nameOrArn));
    if (table && this.status(table) === 'ACTIVE') return table;
    throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
  }

  /** The table that a request's TableName names, by name or ARN, even if it is DELETING. @throws ServiceError ResourceNotFoundException */
  named(input: Input): Table {
    const name = this.nameOf(requiredText(input, 'TableName'));
    const table = this.held(name);
    if (table) return table;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Table: ${name} not found`,
    );
  }

  /** @throws ServiceError ResourceInUseException if the name is taken; errors of the streams */
  create(definition: TableDefinition, streamSpecification: Input | undefined): Table {
    const { name } = definition;
    if (this.held(name)) throw new ServiceError('ResourceInUseException', `Table already exists: ${name}`);
    const { clock, random, onChange, streams } = this.deps;
    const table = new Table(definition, `${this.arnPrefix()}${name}`, random.uuid(), clock.now(), onChange);
    streams.created(table, streamSpecification);
    this.tables.set(name, table);
    return table;
  }

  /** Whether BatchGetItem leaves its next key unprocessed. */
  leavesUnprocessed(): boolean {
    const { random, unprocessedKeys = 0 } = this.deps;
    return unprocessedKeys > 0 && random.chance(unprocessedKeys);
  }

  delete(table: Table): void {
    const { clock, deletingMs = 0, streams } = this.deps;
    if (deletingMs > 0) this.goneAt.set(table, clock.now() + deletingMs);
    else this.tables.delete(table.name);
    streams.deleted(table);
  }

  /** The table that holds this name, even if it is DELETING. */
  private held(name: string): Table | undefined {
    const table = this.tables.get(name);
    if (!table || this.deps.clock.now() < (this.goneAt.get(table) ?? Infinity)) return table;
    this.goneAt.delete(table);
    this.tables.delete(name);
    return undefined;
  }

  private nameOf(nameOrArn: string): string {
    const prefix = this.arnPrefix();
    const name = nameOrArn.startsWith(prefix) ? nameOrArn.slice(prefix.length) : nameOrArn;
    checkTableName(name);
    return name;
  }

  private arnPrefix(): string {
    return `arn:aws:dynamodb:${this.deps.region}:${this.deps.accountId}:table/`;
  }
}
