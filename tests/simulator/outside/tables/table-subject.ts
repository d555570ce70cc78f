import type { Emulator } from '../emulators/emulator';
import { canonicalText, inOneOrder, normalised } from '../normalise';
import type { Operation, Wire } from '../operation';
import type { Outcome, Subject, TableRecord } from '../outcome';
import { ALL_TABLES, definition } from './log/tables';
import { isWrite, touched } from './log/touched';
import type { ItemAddress } from './log/touched';
import { TableStream } from './table-stream';
import type { SeenRecord } from './table-stream';
import { call } from './wire';
import type { Answer } from './wire';

/** Far more than any table of the log needs, for an emulator whose pages never end. */
const MOST_PAGES = 100;

/** An emulator with the log's tables. */
export class TableSubject implements Subject<TableSubject> {
  private readonly streams = new Map<string, TableStream>();
  private readonly seen = new Map<string, SeenRecord[]>();

  private constructor(private readonly emulator: Emulator) {}

  static async withTables(emulator: Emulator): Promise<TableSubject> {
    const subject = new TableSubject(emulator);
    for (const table of ALL_TABLES) {
      const answer = await subject.call('CreateTable', definition(table));
      if (answer.kind === 'refused') throw new Error(`${emulator.name}: ${JSON.stringify(answer)}`);
      subject.streams.set(table.name, await TableStream.open(emulator.url, table.name));
      subject.seen.set(table.name, []);
    }
    return subject;
  }

  async perform(operation: Operation): Promise<Outcome> {
    const answer = operation.paged
      ? await this.allPages(operation)
      : await this.call(operation.name, operation.input);
    const result =
      answer.kind === 'done' ? { answer: ofBody(operation, answer.body) } : { refusal: ofRefusal(answer) };
    const leavesNoTrace = operation.wrong !== undefined && answer.kind === 'refused';
    if (!isWrite(operation) || leavesNoTrace) return { ...result, after: [], records: [] };
    const addresses = touched(operation);
    return { ...result, after: await this.items(addresses), records: await this.newRecords(addresses) };
  }

  async copy(operation: Operation, from: TableSubject): Promise<void> {
    const addresses = touched(operation);
    const items = await from.items(addresses);
    for (const [i, { table, key }] of addresses.entries()) {
      if (items[i] === null) await this.call('DeleteItem', { TableName: table, Key: key });
      else await this.call('PutItem', { TableName: table, Item: items[i] });
    }
    await this.newRecords(addresses);
  }

  /** Tables whose stream, read again from its start, differs from what was read record by record. */
  async changedStreams(): Promise<string[]> {
    const changed: string[] = [];
    for (const [table, stream] of this.streams) {
      const again = canonicalText(await stream.readFromStart());
      if (again !== canonicalText(this.seen.get(table))) changed.push(table);
    }
    return changed;
  }

  get name(): string {
    return this.emulator.name;
  }

  /** Records read so far. */
  get recordCount(): number {
    return [...this.seen.values()].reduce((sum, { length }) => sum + length, 0);
  }

  private call(operation: string, input: Wire): Promise<Answer> {
    return call(this.emulator.url, 'dynamodb', operation, input);
  }

  /** Items of all pages, their number, and the number of items that each page examined. */
  private async allPages({ name, input }: Operation): Promise<Answer> {
    const items: unknown[] = [];
    const scanned: number[] = [];
    let count = 0;
    let from: Wire = {};
    while (scanned.length < MOST_PAGES) {
      const page = await this.call(name, { ...input, ...from });
      if (page.kind === 'refused') return page;
      const { Items = [], LastEvaluatedKey } = page.body;
      items.push(...(Items as unknown[]));
      count += Number(page.body['Count']);
      scanned.push(Number(page.body['ScannedCount']));
      if (LastEvaluatedKey === undefined) break;
      from = { ExclusiveStartKey: LastEvaluatedKey };
    }
    return { kind: 'done', body: { Items: items, Count: count, scanned } };
  }

  private async items(addresses: readonly ItemAddress[]): Promise<unknown[]> {
    const items: unknown[] = [];
    for (const { table, key } of addresses) {
      const read = await this.call('GetItem', { TableName: table, Key: key, ConsistentRead: true });
      items.push(read.kind === 'done' ? normalised(read.body['Item'] ?? null) : ofRefusal(read));
    }
    return items;
  }

  private async newRecords(addresses: readonly ItemAddress[]): Promise<TableRecord[]> {
    const found: TableRecord[] = [];
    for (const table of new Set(addresses.map((address) => address.table))) {
      const records = (await this.streams.get(table)?.read()) ?? [];
      this.seen.get(table)?.push(...records);
      found.push(...records.map((record) => normalised({ table, ...record }) as TableRecord));
    }
    return found;
  }
}

/** The compared members of a response. Items of batches and scans have no defined order. */
function ofBody({ name }: Operation, body: Wire): unknown {
  const { Item, Items, Attributes, Responses, Count, scanned, UnprocessedItems, UnprocessedKeys } =
    normalised(body) as Wire;
  switch (name) {
    case 'Scan':
      return { Items: inOneOrder(Items as unknown[]), Count, scanned };
    case 'BatchGetItem': {
      const found = Object.entries(Responses as Record<string, unknown[]>).filter(
        ([, items]) => items.length > 0,
      );
      return {
        Responses: Object.fromEntries(found.map(([table, items]) => [table, inOneOrder(items)])),
        UnprocessedKeys,
      };
    }
    default:
      return defined({ Item, Items, Count, scanned, Attributes, Responses, UnprocessedItems });
  }
}

const defined = (wire: Wire): Wire =>
  Object.fromEntries(Object.entries(wire).filter(([, member]) => member !== undefined));

function ofRefusal(answer: Extract<Answer, { kind: 'refused' }>): unknown {
  const { Item, CancellationReasons } = normalised(answer.body) as {
    Item?: unknown;
    CancellationReasons?: Wire[];
  };
  const reasons = CancellationReasons?.map(({ Code, Item: shown }) => defined({ Code, Item: shown }));
  return defined({ error: answer.error, Item, reasons });
}
