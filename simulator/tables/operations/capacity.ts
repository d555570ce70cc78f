import type { Item } from '../../attribute-value';
import type { Input } from '../request';
import { optionalEnum } from '../request';
import type { SecondaryIndex } from '../secondary-index';
import type { Table } from '../table';

type Wanted = 'INDEXES' | 'TOTAL' | 'NONE';

/** Units per index; `undefined` is the table itself. */
type Units = Map<SecondaryIndex | undefined, number>;

/** The images before and after a write. */
interface WrittenImages {
  readonly old: Item | undefined;
  readonly next: Item | undefined;
  /** 2 in a transaction. */
  readonly times?: number;
}

/** Counts the capacity units of one request, for ReturnConsumedCapacity. */
export class Capacity {
  private readonly wanted: Wanted;
  private readonly units = new Map<Table, Units>();

  /** @throws ServiceError ValidationException */
  constructor(input: Input) {
    this.wanted =
      optionalEnum<Wanted>(input, 'ReturnConsumedCapacity', ['INDEXES', 'TOTAL', 'NONE']) ?? 'NONE';
  }

  /** One unit per started 4 KB, half if eventually consistent; `times` is 2 in a transaction. */
  read(table: Table, bytes: number, consistent: boolean, times = 1, index?: SecondaryIndex): void {
    const units = Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5) * times;
    table.readUnits += units;
    this.count(table, index, units);
  }

  /** One unit per started 1 KB of the larger image, and the same for each index that the write changes. */
  write(table: Table, bytes: number, { old, next, times = 1 }: WrittenImages): void {
    const units = (size: number): number => Math.max(1, Math.ceil(size / 1024)) * times;
    this.count(table, undefined, units(bytes));
    if (this.wanted === 'NONE') return;
    for (const [index, size] of table.indexWrites(old, next)) this.count(table, index, units(size));
  }

  /** The response member for one table; empty unless requested. */
  single(): { ConsumedCapacity?: object } {
    const [first] = this.list();
    return this.wanted === 'NONE' || !first ? {} : { ConsumedCapacity: first };
  }

  /** The response member for several tables; empty unless requested. */
  many(): { ConsumedCapacity?: object[] } {
    return this.wanted === 'NONE' ? {} : { ConsumedCapacity: this.list() };
  }

  private count(table: Table, index: SecondaryIndex | undefined, units: number): void {
    if (this.wanted === 'NONE') return;
    const ofTable: Units = this.units.get(table) ?? new Map();
    ofTable.set(index, (ofTable.get(index) ?? 0) + units);
    this.units.set(table, ofTable);
  }

  private list(): object[] {
    return [...this.units].map(([table, units]) => ({
      TableName: table.name,
      CapacityUnits: [...units.values()].reduce((sum, each) => sum + each, 0),
      ...(this.wanted === 'INDEXES' ? parts(units) : {}),
    }));
  }
}

/** The units by table and index. */
function parts(units: Units): object {
  const ofIndexes = (isGlobal: boolean): object => {
    const found = [...units].flatMap(([index, CapacityUnits]) =>
      index?.isGlobal === isGlobal ? [[index.definition.name, { CapacityUnits }] as const] : [],
    );
    if (found.length === 0) return {};
    return { [isGlobal ? 'GlobalSecondaryIndexes' : 'LocalSecondaryIndexes']: Object.fromEntries(found) };
  };
  return { Table: { CapacityUnits: units.get(undefined) ?? 0 }, ...ofIndexes(false), ...ofIndexes(true) };
}
