import { runCommandLine } from '../runtime/verbs/command-line';
import { estimateCommand } from '../planning/estimate';
import { planTableCommand } from '../planning/plan-table';
import { demoCommand } from './demo';
import type { ExitCode } from '../runtime/verbs/exit-codes';
import { simulatorCommand } from './simulator';
import type { Terminal } from '../runtime/verbs/terminal';
import { SERVICE_VERBS } from '../runtime/verbs/verbs';

/** Runs a command line with all verbs and returns its exit code. */
export function main(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return runCommandLine(words, terminal, [
    demoCommand,
    ...SERVICE_VERBS,
    planTableCommand,
    estimateCommand,
    simulatorCommand,
  ]);
}
