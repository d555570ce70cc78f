import type { Destination, OperableDestination } from '../../runtime/destinations/destination';
import type { PostgresDestination } from '../../runtime/destinations/postgres/destination';
import { type PostgresOptions } from '../../runtime/destinations/postgres/destination';
import type { Random } from '../../simulator/random';
import { destinationAt } from '../destinations/postgres-fixture';
import { BreakingRelay } from '../destinations/postgres/breaking-relay';
import type { Mailbox } from '../../runtime/destinations/mailbox';
import { trackedDestination, trackedMailbox } from '../exactness/tracked';
import { asAdministrator, createDatabase, type TestDatabase } from '../postgres-server';
import { EngineStage } from './engine-stage';
import type { Surroundings } from './stage';

/**
 * A real PostgreSQL database. A kill, even between the statements of a transaction, ends all connections to it: the server
 * rolls back what was not committed, and may or may not execute what it received last.
 */
export class PostgresStage extends EngineStage {
  private database!: TestDatabase;
  private looking!: PostgresDestination;
  private world!: Surroundings;
  private lives = 0;
  private relay: BreakingRelay | undefined;
  private readonly destinations: Destination[] = [];

  constructor(
    private readonly random: Random,
    /** Probability that a process is killed before a statement. */
    private readonly killRate: number,
    private readonly patience: PostgresOptions['patience'] = {},
  ) {
    super();
  }

  /** From now on replicators reach it through a proxy that can break their connections. */
  async relayed(): Promise<BreakingRelay> {
    return (this.relay = await BreakingRelay.to(this.database.url));
  }

  async open(world: Surroundings): Promise<void> {
    this.world = world;
    this.database = await createDatabase();
    this.looking = this.connected();
  }

  override destination({ clock }: Surroundings, kill: () => void): Destination {
    const life = this.lives;
    const destination = this.connected(this.relay?.url(this.database.url), {
      beforeStatement: () => {
        if (life === this.lives && this.random.chance(this.killRate)) kill();
        if (life !== this.lives) throw new Error('this process was killed');
      },
    });
    return trackedDestination(destination, clock);
  }

  /** For a process like those of `destination`, or, from outside, for one whose connections do not break. */
  mailbox({ clock }: Surroundings, from: 'replicator' | 'outside'): Mailbox {
    const url = from === 'replicator' ? this.relay?.url(this.database.url) : undefined;
    const { control } = this.connected(url);
    if (control.kind !== 'mailbox') throw new Error('a server has a mailbox');
    return trackedMailbox(control.mailbox, clock);
  }

  killed(): 'all' {
    this.lives += 1;
    const cut = asAdministrator(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${this.database.name}'`,
    );
    void this.world.clock.track(cut);
    return 'all';
  }

  async close(): Promise<void> {
    for (const destination of this.destinations) await destination.close();
    await this.relay?.close();
    await this.database.drop();
  }

  protected look<T>(work: (destination: OperableDestination) => Promise<T>): Promise<T> {
    return work(this.looking);
  }

  private connected(url = this.database.url, options: PostgresOptions = {}): PostgresDestination {
    const destination = destinationAt(url, { patience: this.patience, ...options });
    this.destinations.push(destination);
    return destination;
  }
}
