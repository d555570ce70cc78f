import type { Cell, Column } from '../../../item/column';
import type { ChangeBatch, RowChange } from '../../destination';
import { changedRows } from '../../relational/changed-rows';
import { keyColumns } from '../../relational/columns';
import { columnList, quote } from '../../relational/sql';
import { digestOf } from '../dead-letters';
import { OWN_COLUMNS } from '../dialect';
import { sqlType, type SqlType } from '../types';
import { byteaArray, textArray } from './arrays';

/** Columns of the replicator that rows can get, in addition to those of the items. */
export type OwnColumn = (typeof OWN_COLUMNS)['digest' | 'action' | 'sourceTime'];

/** Rows as parameters of a statement: one array per column, which `unnest` turns back into rows. */
export interface RowParameters {
  /** For `FROM … __r_new`. */
  readonly sql: string;
  /** `__r_new."c1", __r_new."c2", …`: the columns of the items. */
  readonly columns: string;
  readonly values: readonly Buffer[];
}

interface Parameter {
  readonly name: string;
  readonly type: SqlType;
  /** `undefined`: NULL in every row. */
  readonly values: readonly Cell[] | undefined;
}

/** The rows of a batch of changes as parameters. */
export class BatchParameters {
  /** Column → its position in the cells. Recorded columns that the batch does not have are NULL. */
  private readonly positions: ReadonlyMap<string, number>;
  private readonly cells = new Map<RowChange, readonly Cell[]>();
  private readonly digestsByChange = new Map<RowChange, Buffer>();

  /** @throws Error when a column of the batch is not recorded: the caller has to widen first */
  constructor(
    readonly changes: readonly RowChange[],
    batchColumns: ChangeBatch['columns'],
    private readonly recorded: readonly Column[],
  ) {
    const { positions, cells } = changedRows(batchColumns, recorded);
    this.positions = positions;
    for (const change of changes) this.cells.set(change, cells(change));
  }

  of(...actions: readonly RowChange['action'][]): readonly RowChange[] {
    return this.changes.filter(({ action }) => actions.includes(action));
  }

  /** Digests of the keys of all changes, as a `bytea[]`. */
  digests(): Buffer {
    return byteaArray(this.changes.map((change) => this.digest(change)));
  }

  whole(changes: readonly RowChange[], own: readonly OwnColumn[]): RowParameters {
    return this.parameters(changes, this.recorded, own);
  }

  keys(changes: readonly RowChange[], own: readonly OwnColumn[] = []): RowParameters {
    return this.parameters(changes, keyColumns(this.recorded), own);
  }

  private parameters(
    changes: readonly RowChange[],
    columns: readonly Column[],
    own: readonly OwnColumn[],
  ): RowParameters {
    const parameters = [
      ...columns.map((column) => this.ofItems(column, changes)),
      ...own.map((name) => this.ofOurs(name, changes)),
    ];
    const arrays = parameters.flatMap(({ type, values }) =>
      values === undefined ? [] : [{ isBytes: type === 'bytea', array: arrayOf(type, values) }],
    );
    let used = 0;
    const selected = parameters.map(({ name, type, values }) => {
      if (values === undefined) return `NULL::${type} AS ${quote(name)}`;
      const element = `__r_values.c${(used += 1)}`;
      return `${type === 'text' || type === 'bytea' ? element : `${element}::${type}`} AS ${quote(name)}`;
    });
    const types = arrays.map(({ isBytes }, i) => `$${i + 1}::${isBytes ? 'bytea' : 'text'}[]`);
    const names = arrays.map((_, i) => `c${i + 1}`);
    return {
      sql: `(SELECT ${selected.join(', ')} FROM unnest(${types.join(', ')}) AS __r_values (${names.join(', ')}))`,
      columns: columnList(
        columns.map(({ name }) => name),
        '__r_new',
      ),
      values: arrays.map(({ array }) => array),
    };
  }

  private ofItems({ name, type }: Column, changes: readonly RowChange[]): Parameter {
    const position = this.positions.get(name);
    const values = changes.map((change) =>
      position === undefined ? null : (this.cells.get(change)?.[position] ?? null),
    );
    return {
      name,
      type: sqlType(type),
      values: values.every((value) => value === null) ? undefined : values,
    };
  }

  private ofOurs(name: OwnColumn, changes: readonly RowChange[]): Parameter {
    switch (name) {
      case OWN_COLUMNS.digest:
        return { name, type: 'bytea', values: changes.map((change) => this.digest(change)) };
      case OWN_COLUMNS.action:
        return { name, type: 'text', values: changes.map(({ action }) => action) };
      case OWN_COLUMNS.sourceTime:
        return {
          name,
          type: 'timestamptz',
          values: changes.map(({ sourceTime }) => new Date(sourceTime).toISOString()),
        };
    }
  }

  private digest(change: RowChange): Buffer {
    let digest = this.digestsByChange.get(change);
    if (digest === undefined) {
      digest = digestOf(change.keyText);
      this.digestsByChange.set(change, digest);
    }
    return digest;
  }
}

function arrayOf(type: SqlType, values: readonly Cell[]): Buffer {
  return type === 'bytea'
    ? byteaArray(values as (Uint8Array | null)[])
    : textArray(values as (string | null)[]);
}
