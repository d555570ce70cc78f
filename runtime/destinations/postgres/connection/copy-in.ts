import type { CopyStreamQuery } from 'pg-copy-streams';

/** A `COPY … FROM STDIN` under way. Its methods throw what the driver throws. */
export class CopyIn {
  private readonly failure: Promise<never>;
  private readonly closed: Promise<void>;
  private error: Error | undefined;

  constructor(private readonly stream: CopyStreamQuery) {
    this.failure = new Promise((_, reject) => {
      stream.on('error', (error) => {
        this.error ??= error;
        reject(this.error);
      });
    });
    // It may fail while nobody waits for it; whoever comes next is told.
    this.failure.catch(() => undefined);
    this.closed = new Promise((resolve) => stream.once('close', () => resolve()));
  }

  /** Returns when the bytes are the system's, and the buffer may be used again. */
  async write(bytes: Buffer): Promise<void> {
    if (this.error !== undefined) throw this.error;
    await Promise.race([
      new Promise<void>((resolve) => this.stream.write(bytes, () => resolve())),
      this.failure,
    ]);
  }

  /** Returns when the server has taken all lines in. */
  async end(): Promise<void> {
    if (this.error !== undefined) throw this.error;
    await Promise.race([new Promise<void>((resolve) => this.stream.end(resolve)), this.failure]);
  }

  /** Gives it up; the transaction can only be rolled back then. */
  async abandon(): Promise<void> {
    if (this.error !== undefined) return;
    this.stream.destroy(new Error('the load was given up'));
    await this.closed;
  }
}
