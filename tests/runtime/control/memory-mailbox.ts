import { type MailedRequest, type Mailbox, type Presence } from '../../../runtime/destinations/mailbox';

interface StoredRequest {
  readonly replicator: string;
  readonly body: string;
  collected: boolean;
  readonly lines: string[];
}

/** The rows of a mailbox, which processes share. */
export class MailboxRows {
  readonly presences = new Map<string, Presence>();
  readonly requests = new Map<string, StoredRequest>();
  /** Thrown by every call while it is set. */
  failure: Error | undefined;
  /** Number of calls that threw it. */
  failed = 0;
  private posted = 0;

  nextId(): string {
    return String(++this.posted);
  }
}

/** One process's view of the rows. */
export class MemoryMailbox implements Mailbox {
  private announced: string | undefined;

  constructor(private readonly rows: MailboxRows) {}

  async announce(presence: Presence): Promise<void> {
    this.reach().presences.set(presence.id, presence);
    this.announced = presence.id;
  }

  async collect(): Promise<readonly MailedRequest[]> {
    const mine = [...this.reach().requests].filter(
      ([, { replicator, collected }]) => replicator === this.announced && !collected,
    );
    return mine.map(([id, request]) => {
      request.collected = true;
      return { id, body: request.body };
    });
  }

  async answer(request: string, line: string): Promise<void> {
    this.reach().requests.get(request)?.lines.push(line);
  }

  async withdraw(): Promise<void> {
    if (this.announced !== undefined) this.reach().presences.delete(this.announced);
  }

  async present(): Promise<readonly Presence[]> {
    return [...this.reach().presences.values()];
  }

  async post(replicator: string, body: string): Promise<string> {
    const id = this.rows.nextId();
    this.reach().requests.set(id, { replicator, body, collected: false, lines: [] });
    return id;
  }

  async read(request: string, fromLine: number): Promise<readonly string[] | undefined> {
    return this.reach().requests.get(request)?.lines.slice(fromLine);
  }

  async discard(request: string): Promise<void> {
    this.reach().requests.delete(request);
  }

  private reach(): MailboxRows {
    if (this.rows.failure) {
      this.rows.failed += 1;
      throw this.rows.failure;
    }
    return this.rows;
  }
}
