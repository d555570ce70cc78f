import type { Listing, ShardGraph, ShardPage } from '../../../runtime/stream/shard-graph';

/** What happens next, and two numbers for its choices. */
export interface Step {
  readonly what:
    | 'pass'
    | 'leap'
    | 'write'
    | 'roll'
    | 'split'
    | 'list'
    | 'read'
    | 'commit'
    | 'crash'
    | 'renew';
  readonly one: number;
  readonly other: number;
}

/** A rule broken on purpose, which the model must detect. */
export interface Mutation {
  /** Settles the roots with one listing (A1). */
  readonly rootsAtOnce?: boolean;
  /** Computes W instead of the graph (W1). */
  readonly watermark?: (graph: ShardGraph) => number;
  /** Changes pages and listings before they are applied (W1, S2, S4). */
  readonly page?: (page: ShardPage) => ShardPage;
  readonly listing?: (listing: Listing) => Listing;
  /** The empty answers that prove a shard idle, and which of them counts (W1). */
  readonly idle?: { readonly answers: number; readonly which: 'first' | 'last' };
  /** Skips the check of W's age at the commit (G1), or everywhere. */
  readonly withoutAgeAtCommit?: boolean;
  /** Skips it when a listing is applied (G1). */
  readonly withoutAgeAtListing?: boolean;
  readonly withoutAge?: boolean;
  /** Keeps only positions of a shard's state over a crash (A2, W1). */
  readonly stored?: (line: string) => string;
}

export type Outcome = 'caught up' | 'gap' | 'roots not settled';
