import type { Clock } from '../clock';
import type { Mailbox, Presence } from '../destinations/mailbox';
import { AnswerCutShort, type ControlVerb, readAnswer, type RunningReplicator } from './protocol';
import { writeRequest } from './request-text';

/** Pause between checks for an answer. */
const POLL_MS = 500;
/** A replicator counts as gone after this time. One that has only lost its connection announces itself again on the next one. */
const GONE_MS = 5_000;

/** A replicator on any machine, reached through its destination. */
export class MailboxReplicator implements RunningReplicator {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly presence: Presence,
    private readonly clock: Clock,
  ) {}

  get name(): string {
    return `process ${this.presence.pid} on ${this.presence.host}`;
  }

  get tables(): readonly string[] {
    return this.presence.tables;
  }

  async ask(
    verb: ControlVerb,
    table: string | undefined,
    onProgress: (progress: string) => void,
    signal?: AbortSignal,
    sample?: number,
  ): Promise<unknown> {
    const request = await this.mailbox.post(this.presence.id, writeRequest({ verb, table, sample }));
    try {
      return await readAnswer(verb, this.lines(verb, request, signal), onProgress, signal);
    } finally {
      await this.mailbox.discard(request);
    }
  }

  private async *lines(
    verb: ControlVerb,
    request: string,
    signal: AbortSignal | undefined,
  ): AsyncIterable<string> {
    let seenMs = this.clock.elapsedMs();
    for (let next = 0; ; ) {
      const lines = await this.mailbox.read(request, next);
      if (lines === undefined) throw new AnswerCutShort(verb);
      if (await this.isThere(lines)) seenMs = this.clock.elapsedMs();
      else if (this.clock.elapsedMs() - seenMs >= GONE_MS) throw new AnswerCutShort(verb);
      yield* lines;
      next += lines.length;
      if (lines.length === 0) await this.clock.sleep(POLL_MS, signal);
    }
  }

  /** Whether the replicator still runs: a killed one leaves its requests behind. */
  private async isThere(lines: readonly string[]): Promise<boolean> {
    if (lines.length > 0) return true;
    return (await this.mailbox.present()).some(({ id }) => id === this.presence.id);
  }
}
