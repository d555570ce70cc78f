import type { Item } from '../attribute-value';
import { batchOperations } from './operations/batch-operations';
import type { Operations } from './operations/operations';
import { queryOperations } from './operations/query-operations';
import { readOperations } from './operations/read-operations';
import { tableOperations } from './operations/table-operations';
import { tagOperations } from './operations/tag-operations';
import { transactionOperations } from './operations/transaction-operations';
import { writeOperations } from './operations/write-operations';
import type { TablesDependencies } from './table-directory';
import { TableDirectory } from './table-directory';
import type { TableView } from './table-view';

export type { TablesDependencies } from './table-directory';
export type { AttributeDefinition, KeySchemaElement, TableStreams, TableView } from './table-view';

/** DynamoDB's tables and items. It reports each change to streams, backups and exports. */
export class Tables {
  /**
   * Operations in wire format by name, such as PutItem: plain JSON in and out, binary as base64, times in epoch seconds.
   * Results share their items with the store: do not change them.
   * @throws ServiceError
   */
  readonly operations: Operations;
  private readonly directory: TableDirectory;

  constructor(deps: TablesDependencies) {
    this.directory = new TableDirectory(deps);
    this.operations = {
      ...tableOperations(this.directory),
      ...tagOperations(this.directory),
      ...writeOperations(this.directory),
      ...readOperations(this.directory),
      ...batchOperations(this.directory),
      ...transactionOperations(this.directory),
      ...queryOperations(this.directory),
    };
  }

  get(name: string): TableView | undefined {
    return this.directory.get(name);
  }

  /** A table's current items, oldest insert first; empty for an unknown table. Do not change them. */
  *items(tableName: string): Iterable<Item> {
    for (const { image } of this.directory.get(tableName)?.store.all() ?? []) yield image;
  }

  /** Deletes every item whose time to live has passed, with the service's identity. @returns how many */
  expire(): number {
    const now = this.directory.deps.clock.now();
    return this.directory.all().reduce((count, table) => count + table.expire(now), 0);
  }
}
