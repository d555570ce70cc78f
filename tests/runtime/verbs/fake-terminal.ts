import { Interrupted } from '../../../runtime/verbs/exit-codes';
import type { Terminal } from '../../../runtime/verbs/terminal';
import { linePrinted } from '../../printed-line';

/** A terminal that a test reads and interrupts. */
export class FakeTerminal implements Terminal {
  private readonly controller = new AbortController();
  written = '';
  complained = '';
  readonly questions: string[] = [];
  readonly output = stream((text) => (this.written += text));
  readonly errors = stream((text) => (this.complained += text));

  /** @param answer to every question; undefined when there is no terminal */
  constructor(
    readonly environment: Readonly<Record<string, string | undefined>> = {},
    private readonly answer?: boolean,
  ) {}

  get interrupted(): AbortSignal {
    return this.controller.signal;
  }

  ask(question: string): Promise<boolean | undefined> {
    this.questions.push(question);
    return Promise.resolve(this.answer);
  }

  interrupt(): void {
    this.controller.abort(new Interrupted('SIGTERM'));
  }

  endWithin(): void {
    // A test ends its commands itself.
  }
}

function stream(keep: (text: string) => void) {
  return {
    isTTY: false,
    columns: 120,
    write: (text: string) => {
      linePrinted(text);
      keep(text);
    },
  };
}
