import type { Clock } from '../clock';
import type { Mailbox, Presence } from '../destinations/mailbox';
import {
  AnswerCutShort,
  type AnswerLine,
  type ControlVerb,
  readAnswer,
  type RunningReplicator,
} from './protocol';

/** Between two looks at an answer. */
const LOOK_MS = 500;

/** What a request's body says. */
export interface MailedBody {
  readonly verb: ControlVerb;
  readonly table: string | undefined;
}

/** A replicator on any machine, reached through the destination it writes to. */
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
  ): Promise<unknown> {
    const body: MailedBody = { verb, table };
    const request = await this.mailbox.post(this.presence.id, JSON.stringify(body));
    try {
      return await readAnswer(verb, this.lines(verb, request, signal), onProgress);
    } finally {
      await this.mailbox.discard(request);
    }
  }

  private async *lines(
    verb: ControlVerb,
    request: string,
    signal: AbortSignal | undefined,
  ): AsyncIterable<AnswerLine> {
    for (let next = 0; ; ) {
      const lines = await this.mailbox.read(request, next);
      if (lines === undefined || !(await this.isThere(lines))) throw new AnswerCutShort(verb);
      for (const line of lines) yield JSON.parse(line) as AnswerLine;
      next += lines.length;
      if (lines.length === 0) await this.clock.sleep(LOOK_MS, signal);
    }
  }

  /** A killed replicator leaves its requests behind. */
  private async isThere(lines: readonly string[]): Promise<boolean> {
    if (lines.length > 0) return true;
    return (await this.mailbox.present()).some(({ id }) => id === this.presence.id);
  }
}
