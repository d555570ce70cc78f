import type { Command } from 'commander';
import type { ExitCode } from './exit-codes';
import type { Terminal } from './terminal';

/** A verb of the command: its flags for commander, and what it does. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** A command line that works, for the help. */
  readonly example: string;
  /** Adds its flags. */
  define(command: Command): void;
  /** What it throws is printed and becomes the exit code. */
  run(command: Command, terminal: Terminal): Promise<ExitCode>;
}
