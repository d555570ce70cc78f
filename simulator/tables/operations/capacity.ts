import type { Input } from '../request';
import { optionalEnum } from '../request';
import type { Table } from '../table';

type Wanted = 'INDEXES' | 'TOTAL' | 'NONE';

/** Counts the capacity units of one request, for ReturnConsumedCapacity. */
export class Capacity {
  private readonly wanted: Wanted;
  private readonly units = new Map<Table, number>();

  /** @throws ServiceError ValidationException */
  constructor(input: Input) {
    this.wanted =
      optionalEnum<Wanted>(input, 'ReturnConsumedCapacity', ['INDEXES', 'TOTAL', 'NONE']) ?? 'NONE';
  }

  /** A unit each started 4 KB, half of it if eventually consistent; transactions pay `times` 2. */
  read(table: Table, bytes: number, consistent: boolean, times = 1): void {
    this.count(table, Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5) * times);
  }

  /** A unit each started 1 KB of the larger image. */
  write(table: Table, bytes: number, times = 1): void {
    this.count(table, Math.max(1, Math.ceil(bytes / 1024)) * times);
  }

  /** The member of an answer about one table; nothing unless asked for. */
  single(): { ConsumedCapacity?: object } {
    const [first] = this.list();
    return this.wanted === 'NONE' || !first ? {} : { ConsumedCapacity: first };
  }

  /** The member of an answer about several tables. */
  many(): { ConsumedCapacity?: object[] } {
    return this.wanted === 'NONE' ? {} : { ConsumedCapacity: this.list() };
  }

  private count(table: Table, units: number): void {
    if (this.wanted !== 'NONE') this.units.set(table, (this.units.get(table) ?? 0) + units);
  }

  private list(): object[] {
    return [...this.units].map(([table, units]) => ({
      TableName: table.name,
      CapacityUnits: units,
      ...(this.wanted === 'INDEXES' ? { Table: { CapacityUnits: units } } : {}),
    }));
  }
}
