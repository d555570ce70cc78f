import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Backoff, backoffMs } from '../backoff';
import type { Clock } from '../clock';
import type { Mailbox, MailedRequest } from '../destinations/mailbox';
import { ReplicatorError } from '../errors';
import { Mutex } from '../mutex';
import { answerRequest } from './answer-request';
import type { ControlHandlers } from './protocol';

/** Pauses between checks for requests: the longest wait before a request is seen. They grow after unexpected errors. */
const PAUSES: Backoff = { firstMs: 1_000, longestMs: 60_000 };

/** Takes requests from processes on any machine through the destination's mailbox. */
export class MailboxServer {
  private readonly stopping = new AbortController();
  private readonly answering = new Set<Promise<void>>();
  private readonly collecting: Promise<void>;
  /** Unexpected errors since the last success. */
  private unexpected = 0;

  private constructor(
    private readonly mailbox: Mailbox,
    private readonly handlers: ControlHandlers,
    private readonly report: (error: Error) => void,
    private readonly clock: Clock,
  ) {
    this.collecting = this.collect();
  }

  /** @param report gets unexpected errors; the server continues after them */
  static async start(
    mailbox: Mailbox,
    tables: readonly string[],
    handlers: ControlHandlers,
    report: (error: Error) => void,
    clock: Clock,
  ): Promise<MailboxServer> {
    await mailbox.announce({ id: randomUUID(), host: hostname(), pid: process.pid, tables });
    return new MailboxServer(mailbox, handlers, report, clock);
  }

  async close(): Promise<void> {
    this.stopping.abort(new Error('the replicator stops'));
    await this.collecting;
    await Promise.all(this.answering);
    await this.whileReachable(() => this.mailbox.withdraw());
  }

  private async collect(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const requests = (await this.whileReachable(() => this.mailbox.collect())) ?? [];
      for (const request of requests) this.track(this.answer(request));
      await this.pause();
    }
  }

  private track(work: Promise<void>): void {
    this.answering.add(work);
    void work.finally(() => this.answering.delete(work));
  }

  private async answer({ id, body }: MailedRequest): Promise<void> {
    // Lines are written one at a time, in order.
    const mutex = new Mutex();
    let sent: Promise<unknown> = Promise.resolve();
    await answerRequest(this.handlers, { text: body }, this.stopping.signal, (line) => {
      sent = mutex.run(() => this.deliver(id, JSON.stringify(line)));
    });
    await sent;
  }

  /** Retries until the line is delivered or this process stops, as the client waits for it. A line that arrives twice does no harm. */
  private async deliver(request: string, line: string): Promise<void> {
    const write = async () => {
      await this.mailbox.answer(request, line);
      return true;
    };
    while (!(await this.whileReachable(write)) && !this.stopping.signal.aborted) await this.pause();
  }

  private async pause(): Promise<void> {
    const ms = backoffMs(this.unexpected + 1, PAUSES);
    await this.clock.sleep(ms, this.stopping.signal).catch(() => undefined);
  }

  /** Ignores an unreachable destination: the pipelines wait for it and report it, and the client asks again. */
  private async whileReachable<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.unexpected = 0;
      return result;
    } catch (error) {
      if (error instanceof ReplicatorError) return undefined;
      this.unexpected += 1;
      this.report(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }
}
