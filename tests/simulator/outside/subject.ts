import type { Emulator } from './emulators/emulator';
import type { ItemAddress, Operation } from './log/operation';
import { isWrite, touched } from './log/operation';
import { ALL_TABLES, definition } from './log/tables';
import { canonicalText, inOneOrder, normalised } from './normalise';
import { TableStream } from './table-stream';
import type { SeenRecord } from './table-stream';
import { call } from './wire';
import type { Answer, Wire } from './wire';

/** A stream record, its sets sorted. */
export interface TableRecord extends SeenRecord {
  readonly table: string;
}

/** What one operation did, in a form that can be compared. */
export interface Outcome {
  /** Its error, if it was refused: name, reasons of a transaction, the item of a failed condition. */
  readonly refusal?: unknown;
  /** What it answered otherwise. */
  readonly answer?: unknown;
  /** The items it may have changed, read afterwards; null for none. */
  readonly after: readonly unknown[];
  /** The stream records it made, of all tables. */
  readonly records: readonly TableRecord[];
}

const MOST_PAGES = 100;

/** An emulator with the log's tables, at work on the log. */
export class Subject {
  private readonly streams = new Map<string, TableStream>();
  private readonly seen = new Map<string, SeenRecord[]>();

  private constructor(private readonly emulator: Emulator) {}

  static async withTables(emulator: Emulator): Promise<Subject> {
    const subject = new Subject(emulator);
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

  /** Makes items what they are in another emulator. @param items null for none */
  async repair(addresses: readonly ItemAddress[], items: readonly unknown[]): Promise<void> {
    for (const [i, { table, key }] of addresses.entries()) {
      await this.call('DeleteItem', { TableName: table, Key: key });
      if (items[i] !== null) await this.call('PutItem', { TableName: table, Item: items[i] });
    }
    await this.newRecords(addresses);
  }

  /** Tables whose stream, read again from its start, is another than it was record by record. */
  async changedStreams(): Promise<string[]> {
    const changed: string[] = [];
    for (const [table, stream] of this.streams) {
      const again = canonicalText(await stream.readFromStart());
      if (again !== canonicalText(this.seen.get(table))) changed.push(table);
    }
    return changed;
  }

  /** Records read so far. */
  get recordCount(): number {
    return [...this.seen.values()].reduce((sum, { length }) => sum + length, 0);
  }

  private call(operation: string, input: Wire): Promise<Answer> {
    return call(this.emulator.url, 'dynamodb', operation, input);
  }

  /** Items of all pages, and how many each page had. */
  private async allPages({ name, input }: Operation): Promise<Answer> {
    const items: unknown[] = [];
    const pages: unknown[] = [];
    let from: Wire = {};
    while (pages.length < MOST_PAGES) {
      const page = await this.call(name, { ...input, ...from });
      if (page.kind === 'refused') return page;
      const { Items = [], Count, ScannedCount, LastEvaluatedKey } = page.body;
      items.push(...(Items as unknown[]));
      pages.push({ Count, ScannedCount });
      if (LastEvaluatedKey === undefined) break;
      from = { ExclusiveStartKey: LastEvaluatedKey };
    }
    return { kind: 'done', body: { Items: items, pages } };
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

/** The members of an answer that are compared. A batch's items and a scan's come in no promised order. */
function ofBody({ name }: Operation, body: Wire): unknown {
  const { Item, Items, Attributes, Responses, pages, UnprocessedItems, UnprocessedKeys } = normalised(
    body,
  ) as Wire;
  switch (name) {
    case 'Scan':
      return { Items: inOneOrder(Items as unknown[]), pages };
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
      return defined({ Item, Items, pages, Attributes, Responses, UnprocessedItems });
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
