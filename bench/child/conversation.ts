import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';

/** A child process of the benchmark that is asked more than once. */
export class Conversation<Order extends object | string, Message extends object> {
  private readonly child: ChildProcess;
  private ended: Error | undefined;
  private awaited: {
    readonly resolve: (message: Message) => void;
    readonly reject: (error: Error) => void;
  }[] = [];

  /**
   * @param what describes the process in errors
   * @param onMessage takes a message that is no answer, and returns whether it was one
   */
  constructor(
    private readonly what: string,
    module: string,
    { words = [], ...options }: ForkOptions & { readonly words?: readonly string[] } = {},
    onMessage: (message: Message) => boolean = () => false,
  ) {
    this.child = fork(module, words, options);
    this.child.on('message', (message) => {
      if (!onMessage(message as Message)) this.awaited.shift()?.resolve(message as Message);
    });
    this.child.once('error', (error) => this.end(error));
    this.child.once('exit', (code) => this.end(new Error(`${what} exited with code ${code}`)));
  }

  /** Sends an order that is not answered. */
  send(order: Order): void {
    if (this.ended === undefined) this.child.send(order);
  }

  /** The next message. @throws Error when the process ends, or after `longestMs`: then it is killed */
  answer(longestMs: number): Promise<Message> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    const timer = setTimeout(() => {
      this.end(new Error(`${this.what} did not answer within ${longestMs} ms`));
      this.kill();
    }, longestMs);
    return new Promise<Message>((resolve, reject) => this.awaited.push({ resolve, reject })).finally(() =>
      clearTimeout(timer),
    );
  }

  /** Resolves when the process has ended by itself. */
  async exited(longestMs: number): Promise<void> {
    await this.answer(longestMs).then(
      () => undefined,
      () => undefined,
    );
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.awaited.splice(0)) reject(this.ended);
  }
}
