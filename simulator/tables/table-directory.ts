import type { SimulatorClock } from '../clock';
import type { Random } from '../random';
import { ServiceError } from '../service-error';
import type { ItemChange } from './change';
import type { Input } from './request';
import { requiredText } from './request';
import { Table } from './table';
import type { TableDefinition } from './table-definition';
import { checkTableName } from './table-definition';
import type { TableStreams } from './table-view';

export interface TablesDependencies {
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Called for each write that really changed an item, inside the write and in commit order. */
  readonly onChange: (change: ItemChange) => void;
  readonly streams: TableStreams;
  /** How long a table is CREATING before it takes requests. Default 0. */
  readonly creatingMs?: number;
}

/** The tables of an account, by name. */
export class TableDirectory {
  private readonly tables = new Map<string, Table>();

  constructor(readonly deps: TablesDependencies) {}

  get(name: string): Table | undefined {
    return this.tables.get(name);
  }

  all(): Table[] {
    return [...this.tables.values()];
  }

  isActive(table: Table): boolean {
    return this.deps.clock.now() >= table.createdAt + (this.deps.creatingMs ?? 0);
  }

  /** The table an item operation names. @throws ServiceError ResourceNotFoundException unless it is ACTIVE */
  forItems(nameOrArn: string): Table {
    const table = this.tables.get(this.nameOf(nameOrArn));
    if (table && this.isActive(table)) return table;
    throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
  }

  /** The table a request's TableName means, by name or ARN. @throws ServiceError ResourceNotFoundException */
  named(input: Input): Table {
    const name = this.nameOf(requiredText(input, 'TableName'));
    const table = this.tables.get(name);
    if (table) return table;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Table: ${name} not found`,
    );
  }

  /** @throws ServiceError ResourceInUseException for a name that is taken, and what the streams throw */
  create(definition: TableDefinition, streamSpecification: Input | undefined): Table {
    const { name } = definition;
    if (this.tables.has(name))
      throw new ServiceError('ResourceInUseException', `Table already exists: ${name}`);
    const { clock, random, onChange, streams } = this.deps;
    const table = new Table(definition, `${this.arnPrefix()}${name}`, random.uuid(), clock.now(), onChange);
    streams.created(table, streamSpecification);
    this.tables.set(name, table);
    return table;
  }

  delete(table: Table): void {
    this.tables.delete(table.name);
    this.deps.streams.deleted(table);
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
