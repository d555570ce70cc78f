import type { Item } from '../attribute-value';

/** One write that changed a table. Stream records and the point-in-time history are built from it. */
export interface ItemChange {
  readonly tableName: string;
  /** A table that is deleted and created again gets another id. */
  readonly tableId: string;
  readonly keys: Item;
  /** Deeply immutable; absent for an insert. */
  readonly oldImage?: Item;
  /** Deeply immutable; absent for a delete. */
  readonly newImage?: Item;
  /** Epoch ms on the service's clock. */
  readonly at: number;
  /** A delete by time to live has the service's identity. */
  readonly byTimeToLive?: boolean;
}
