import type { Item } from '../attribute-value';

/** One write that changed a table: what a stream record and the point-in-time history are made of. */
export interface ItemChange {
  readonly tableName: string;
  /** Identifies the incarnation: a table deleted and created again has another. */
  readonly tableId: string;
  readonly keys: Item;
  /** Deeply immutable; absent for an insert. */
  readonly oldImage?: Item;
  /** Deeply immutable; absent for a delete. */
  readonly newImage?: Item;
  /** Epoch ms on the service's clock. */
  readonly at: number;
  /** A delete by time to live carries the service's identity. */
  readonly byTimeToLive?: boolean;
}
