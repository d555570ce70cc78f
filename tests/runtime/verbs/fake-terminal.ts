import { Interrupted } from '../../../runtime/verbs/exit-codes';
import type { Terminal } from '../../../runtime/verbs/terminal';
import { linePrinted } from '../../printed-line';

/** A terminal that a test reads and interrupts. */
export class FakeTerminal implements Terminal {
  private readonly controller = new AbortController();
  written = '';
  complained = '';
  readonly questions: string[] = [];
  readonly output = stream(
    (text) => (this.written += text),
    () => this.canAsk,
  );
  readonly errors = stream((text) => (this.complained += text));

  /** @param answer to every question; undefined when there is no terminal. With one, `output` is a terminal too */
  constructor(
    readonly environment: Readonly<Record<string, string | undefined>> = {},
    private readonly answer?: boolean | ((question: string) => boolean | Promise<boolean>),
  ) {}

  get interrupted(): AbortSignal {
    return this.controller.signal;
  }

  get canAsk(): boolean {
    return this.answer !== undefined;
  }

  ask(question: string): Promise<boolean | undefined> {
    this.questions.push(question);
    return Promise.resolve(typeof this.answer === 'function' ? this.answer(question) : this.answer);
  }

  interrupt(): void {
    this.controller.abort(new Interrupted('SIGTERM'));
  }

  endWithin(): void {
    // A test ends its commands itself.
  }
}

function stream(keep: (text: string) => void, isTTY = () => false) {
  return {
    get isTTY() {
      return isTTY();
    },
    columns: 120,
    write: (text: string) => {
      linePrinted(text);
      keep(text);
    },
  };
}
