import { Semaphore } from '../../../semaphore';
import { Turns } from '../../../turns';
import type { Connection } from './connection';

/** The fewest connections that a replicator can work with: see `ConnectionPool`. */
export const LEAST_CONNECTIONS = 4;

/** How long to wait before asking a server for a connection again that had none left. */
const ASIDE_MS = 60_000;

/** A user that keeps a connection between its transactions, as long as nobody else waits for one. */
export interface ConnectionUser {
  /** Returns the connection that it keeps and is not using. */
  handOver(): Connection;
}

/**
 * All connections of a replicator to one server. A user keeps its connection, with its prepared statements, from one
 * transaction to the next. When there are more users than connections, they take turns: the user that has been idle
 * longest hands its connection to the one that has waited longest. One connection is reserved for the writers' locks.
 * Another is reserved for users that already hold a connection and need to ask on a second one, so that no user waits
 * for itself.
 */
export class ConnectionPool {
  /** The queue for places. A place comes with the connection that another user handed over, or without one. */
  private readonly turns = new Turns<Connection | undefined>();
  /** Users that keep an idle connection, the longest idle one first. */
  private readonly idle = new Set<ConnectionUser>();
  private free: number;
  /** Places that have an open connection. */
  private open = 0;
  /** The one place for users that already hold another connection. */
  readonly aside = new Semaphore(1);
  /** For loads and comparisons, which hold a connection for long. One place is left for everything else. */
  readonly loads: Semaphore;

  /** @param connections the total, at least `LEAST_CONNECTIONS` */
  constructor(readonly connections: number) {
    if (connections < LEAST_CONNECTIONS) throw new RangeError(`${connections} connections are too few`);
    this.free = connections - 2;
    this.loads = new Semaphore(this.mostLoads);
  }

  /** Most loads that may be open at a time. */
  get mostLoads(): number {
    return this.connections - 3;
  }

  /**
   * Returns once there is a place, with the connection that another user handed over, if there is one.
   * @throws the signal's reason when it aborts first
   */
  async acquire(signal?: AbortSignal): Promise<Connection | undefined> {
    const [longestIdle] = this.idle;
    // After a stop, nobody opens a connection any more, but pending work may still commit on an open one.
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

  /** The connection of a place is open. */
  connected(): void {
    this.open += 1;
  }

  /**
   * The server has no connection left for an acquired place. The place is set aside for a while, and its user takes
   * turns with those that have a connection. Returns false when nobody has one: then there is nothing to wait for,
   * and the user keeps the place.
   */
  setAside(): boolean {
    if (this.open === 0) return false;
    setTimeout(() => this.pass(), ASIDE_MS).unref();
    return true;
  }

  /** The user is about to use its connection. */
  use(user: ConnectionUser): void {
    this.idle.delete(user);
  }

  /** The user does not need its connection now. It keeps it unless another user waits. */
  rest(user: ConnectionUser): void {
    if (this.turns.isEmpty) this.idle.add(user);
    else this.turns.next(user.handOver());
  }

  /** The user has no connection any more, or did not get one. @param wasOpen whether its place had one */
  release(user: ConnectionUser, wasOpen: boolean): void {
    this.idle.delete(user);
    if (wasOpen) this.open -= 1;
    this.pass();
  }

  private pass(): void {
    if (!this.turns.next(undefined)) this.free += 1;
  }
}
