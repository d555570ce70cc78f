import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../clock';
import type { Mailbox, MailedRequest } from '../destinations/mailbox';
import { ReplicatorError } from '../errors';
import { answerRequest } from './answer-request';
import type { ControlHandlers } from './protocol';

/** Between two looks for requests: how long whoever asks waits at most before anything happens. */
const COLLECT_MS = 1_000;

/** Takes requests from processes on any machine through the destination's mailbox. */
export class MailboxServer {
  private readonly stopping = new AbortController();
  private readonly answering = new Set<Promise<void>>();
  private readonly collecting: Promise<void>;

  private constructor(
    private readonly mailbox: Mailbox,
    private readonly handlers: ControlHandlers,
    private readonly clock: Clock,
  ) {
    this.collecting = this.collect();
  }

  static async start(
    mailbox: Mailbox,
    tables: readonly string[],
    handlers: ControlHandlers,
    clock: Clock,
  ): Promise<MailboxServer> {
    await mailbox.announce({ id: randomUUID(), host: hostname(), pid: process.pid, tables });
    return new MailboxServer(mailbox, handlers, clock);
  }

  async close(): Promise<void> {
    this.stopping.abort(new Error('the replicator stops'));
    await this.collecting;
    await Promise.all(this.answering);
    await whileReachable(() => this.mailbox.withdraw());
  }

  private async collect(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const requests = (await whileReachable(() => this.mailbox.collect())) ?? [];
      for (const request of requests) this.track(this.answer(request));
      await this.clock.sleep(COLLECT_MS, signal).catch(() => undefined);
    }
  }

  private track(work: Promise<void>): void {
    this.answering.add(work);
    void work.finally(() => this.answering.delete(work));
  }

  private async answer({ id, body }: MailedRequest): Promise<void> {
    // One line after another, in order.
    let sent: Promise<unknown> = Promise.resolve();
    await answerRequest(this.handlers, { text: body }, this.stopping.signal, (line) => {
      sent = sent.then(() => this.deliver(id, JSON.stringify(line)));
    });
    await sent;
  }

  /** Whoever asked waits for it, so it is tried until it is there or this process stops. A line that came twice does no harm. */
  private async deliver(request: string, line: string): Promise<void> {
    const { signal } = this.stopping;
    const write = async () => {
      await this.mailbox.answer(request, line);
      return true;
    };
    while (!(await whileReachable(write)) && !signal.aborted)
      await this.clock.sleep(COLLECT_MS, signal).catch(() => undefined);
  }
}

/** What the destination cannot take is the pipelines' business, who wait for it and say so; whoever asked asks again. */
async function whileReachable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReplicatorError) return undefined;
    throw error;
  }
}
