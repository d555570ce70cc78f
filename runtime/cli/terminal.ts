import { createInterface } from 'node:readline/promises';
import type { Screen } from '../observe/progress';
import { EXIT, Interrupted } from './exit-codes';

/** What a command has to do with the outside: streams, environment, signals. */
export interface Terminal {
  readonly output: Screen;
  readonly errors: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts with `Interrupted` at the first SIGTERM or Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Asks for yes or no; `undefined` when nobody can answer. @throws Interrupted */
  ask(question: string): Promise<boolean | undefined>;
  /** Ends the process at once, for when stopping in order takes too long. */
  exitNow(code: number): void;
}

/** The terminal of this process. A second Ctrl-C ends it at once; nothing is lost by that (rule C1). */
export class ProcessTerminal implements Terminal {
  private readonly controller = new AbortController();
  private readonly onSignal = (by: NodeJS.Signals) => this.interrupt(by as 'SIGINT' | 'SIGTERM');

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

  async ask(question: string): Promise<boolean | undefined> {
    const { stdin, stderr } = this.process;
    if (!stdin.isTTY || !stderr.isTTY) return undefined;
    const prompt = createInterface({ input: stdin, output: stderr });
    prompt.on('SIGINT', () => this.interrupt('SIGINT'));
    try {
      const answer = await prompt.question(`${question} [y/N] `, { signal: this.interrupted });
      return /^y(es)?$/i.test(answer.trim());
    } catch (error) {
      throw this.interrupted.aborted ? this.interrupted.reason : error;
    } finally {
      prompt.close();
    }
  }

  exitNow(code: number): void {
    this.process.exit(code);
  }

  close(): void {
    this.process.off('SIGINT', this.onSignal);
    this.process.off('SIGTERM', this.onSignal);
  }

  private interrupt(by: 'SIGINT' | 'SIGTERM'): void {
    if (this.interrupted.aborted && by === 'SIGINT') this.exitNow(EXIT.cutShort);
    this.controller.abort(new Interrupted(by));
  }
}
