import { createInterface } from 'node:readline/promises';
import { linkedController, onAbort } from '../abort';
import { DEFAULT_STOP_MS } from '../config';
import type { Screen } from '../observe/progress';
import { EXIT, type ExitCode, Interrupted } from './exit-codes';

/** A command's streams, environment and signals. */
export interface Terminal {
  readonly output: Screen;
  readonly errors: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts with `Interrupted` at the first SIGTERM or Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Whether there is a terminal to ask on. */
  readonly canAsk: boolean;
  /**
   * Asks a yes/no question; `undefined` when there is no terminal. The end of the input means no.
   * @throws Interrupted, or the signal's reason
   */
  ask(question: string, signal?: AbortSignal): Promise<boolean | undefined>;
  /**
   * Limits how long the process may take to end after the first SIGTERM or Ctrl-C, whatever hangs. When the limit is over, it
   * ends with this code. Until this is called, the limit is the default of `timeouts.stopMs`.
   */
  endWithin(ms: number, code: ExitCode): void;
  /** Errors that `errors` shows already: they are not printed again at the end. */
  readonly shown?: WeakSet<Error>;
}

/** The terminal of this process. A second Ctrl-C ends it at once, which loses nothing (rule C1). */
export class ProcessTerminal implements Terminal {
  private readonly controller = new AbortController();
  private readonly onSignal = (by: NodeJS.Signals) => this.interrupt(by as 'SIGINT' | 'SIGTERM');
  private limit: { readonly ms: number; readonly code: ExitCode } = {
    ms: DEFAULT_STOP_MS,
    code: EXIT.cutShort,
  };
  readonly shown = new WeakSet<Error>();
  private interruptedAtMs: number | undefined;
  private deadline: NodeJS.Timeout | undefined;

  constructor(private readonly process: NodeJS.Process) {
    process.on('SIGINT', this.onSignal);
    process.on('SIGTERM', this.onSignal);
    // A reader that has seen enough (`| head`) ends the command quietly.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.fine);
      throw error;
    });
  }

  get output(): Screen {
    return this.process.stdout;
  }

  get errors(): Screen {
    return this.process.stderr;
  }

  get environment(): Readonly<Record<string, string | undefined>> {
    return this.process.env;
  }

  get interrupted(): AbortSignal {
    return this.controller.signal;
  }

  get canAsk(): boolean {
    const { stdin, stderr } = this.process;
    // Of a pipe it is undefined, whatever its type.
    return Boolean(stdin.isTTY && stderr.isTTY);
  }

  async ask(question: string, signal?: AbortSignal): Promise<boolean | undefined> {
    if (!this.canAsk) return undefined;
    const { stdin, stderr } = this.process;
    const { controller, unlink } = linkedController(this.interrupted);
    const unlinkSignal = onAbort(signal, () => controller.abort(signal?.reason));
    const prompt = createInterface({ input: stdin, output: stderr });
    prompt.on('SIGINT', () => this.interrupt('SIGINT'));
    const ended = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    try {
      const asked = prompt.question(`${question} [y/N] `, { signal: controller.signal });
      const answer = await Promise.race([asked, ended]);
      controller.signal.throwIfAborted();
      return /^y(es)?$/i.test(answer.trim());
    } catch (error) {
      if (controller.signal.aborted) stderr.write('\n');
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      prompt.close();
      unlink();
      unlinkSignal();
    }
  }

  endWithin(ms: number, code: ExitCode): void {
    this.limit = { ms, code };
    if (this.interruptedAtMs !== undefined) this.setDeadline(this.interruptedAtMs);
  }

  close(): void {
    clearTimeout(this.deadline);
    this.process.off('SIGINT', this.onSignal);
    this.process.off('SIGTERM', this.onSignal);
  }

  private interrupt(by: 'SIGINT' | 'SIGTERM'): void {
    if (this.interruptedAtMs !== undefined) {
      if (by === 'SIGINT') this.process.exit(EXIT.cutShort);
      return;
    }
    this.interruptedAtMs = performance.now();
    this.setDeadline(this.interruptedAtMs);
    this.controller.abort(new Interrupted(by));
  }

  private setDeadline(sinceMs: number): void {
    const { ms, code } = this.limit;
    clearTimeout(this.deadline);
    this.deadline = setTimeout(
      () => {
        const next =
          code === EXIT.fine
            ? 'uncommitted changes are read again at the next start'
            : 'the command was cut short';
        this.errors.write(`Stopping took too long; ${next}.\n`);
        this.process.exit(code);
      },
      Math.max(0, sinceMs + ms - performance.now()),
    );
    // The deadline is for what hangs. It must not keep a finished process alive.
    this.deadline.unref();
  }
}
