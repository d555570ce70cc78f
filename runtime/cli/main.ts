import { runCommandLine } from './command-line';
import { demoCommand } from './demo';
import type { ExitCode } from './exit-codes';
import { simulatorCommand } from './simulator';
import type { Terminal } from './terminal';
import { SERVICE_VERBS } from './verbs';

/** Runs the command line `words` with all verbs and returns the exit code. */
export function main(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return runCommandLine(words, terminal, [demoCommand, ...SERVICE_VERBS, simulatorCommand]);
}
