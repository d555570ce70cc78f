import { Semaphore } from '../../../semaphore';
import { Turns } from '../../../turns';
import type { Connection } from './connection';

/** Least connections that a replicator can work with: see `ConnectionPool`. */
export const LEAST_CONNECTIONS = 4;

/** After so long a server that had no connection left is asked for one again. */
const ASIDE_MS = 60_000;

/** Whoever keeps a connection between its transactions, as long as nobody else waits for one. */
export interface ConnectionUser {
  /** Gives up the connection that it keeps, and is not using. */
  handOver(): Connection;
}

/**
 * All connections of a replicator to one server. A user keeps its connection from one transaction to the next, with the statements
 * prepared there; when there are more users than connections they take turns: the one that was idle longest hands its connection
 * to the one that has waited longest. One place is the writers' locks', and one is kept for what somebody who holds a
 * connection has to ask on another one, so that nobody waits for itself.
 */
export class ConnectionPool {
  /** For a place: with the connection that somebody else gave up with it, or none. */
  private readonly turns = new Turns<Connection | undefined>();
  /** Users that keep a connection and are not using it, the longest idle one first. */
  private readonly idle = new Set<ConnectionUser>();
  private free: number;
  /** Places that have a connection. */
  private open = 0;
  /** For the one place of whoever holds another one. */
  readonly aside = new Semaphore(1);
  /** For loads and comparisons, which hold a connection for long: one is left for everything else. */
  readonly loads: Semaphore;

  /** @param connections in all, at least `LEAST_CONNECTIONS` */
  constructor(readonly connections: number) {
    if (connections < LEAST_CONNECTIONS) throw new RangeError(`${connections} connections are too few`);
    this.free = connections - 2;
    this.loads = new Semaphore(this.mostLoads);
  }

  /** That may be open at the same time. */
  get mostLoads(): number {
    return this.connections - 3;
  }

  /**
   * Returns when there is a place, with the connection that somebody else gave up with it.
   * @throws the signal's reason when it aborts before that
   */
  async acquire(signal?: AbortSignal): Promise<Connection | undefined> {
    const [longestIdle] = this.idle;
    // After a stop nobody connects any more, but what is in hand is committed.
    const takesOver = longestIdle !== undefined && (this.free === 0 || signal?.aborted === true);
    if (takesOver) {
      this.idle.delete(longestIdle);
      return longestIdle.handOver();
    }
    signal?.throwIfAborted();
    if (this.free === 0) return this.turns.wait(signal);
    this.free -= 1;
    return undefined;
  }

  /** A place has its connection. */
  connected(): void {
    this.open += 1;
  }

  /**
   * The server has no connection for a place that was acquired: it is set aside for a while, and its user takes turns with those
   * that have one. False where nobody has: then there is nothing to wait for, and the place is still the user's.
   */
  setAside(): boolean {
    if (this.open === 0) return false;
    setTimeout(() => this.pass(), ASIDE_MS).unref();
    return true;
  }

  /** The user is about to use the connection that it keeps. */
  use(user: ConnectionUser): void {
    this.idle.delete(user);
  }

  /** The user has done with its connection for now: it keeps it unless somebody waits. */
  rest(user: ConnectionUser): void {
    if (this.turns.isEmpty) this.idle.add(user);
    else this.turns.next(user.handOver());
  }

  /** The user has no connection any more, or got none. @param wasOpen whether its place had one */
  release(user: ConnectionUser, wasOpen: boolean): void {
    this.idle.delete(user);
    if (wasOpen) this.open -= 1;
    this.pass();
  }

  private pass(): void {
    if (!this.turns.next(undefined)) this.free += 1;
  }
}
