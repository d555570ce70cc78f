import type { Command } from 'commander';
import type { ExitCode } from './exit-codes';
import type { Terminal } from './terminal';

/** One verb of the command: its flags and its action. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** A command line that works, for the help. */
  readonly example: string;
  /** Adds its flags. */
  define(command: Command): void;
  /** Its error, if any, is printed and decides the exit code. */
  run(command: Command, terminal: Terminal): Promise<ExitCode>;
}
