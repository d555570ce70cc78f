import { checkCommand } from './check';
import { healthcheckCommand } from './healthcheck';
import { estimateCommand } from './estimate';
import { planTableCommand } from './plan-table';
import { resyncCommand } from './resync';
import { runCommand } from './run';
import { statusCommand } from './status';
import type { Verb } from './verb';
import { verifyCommand } from './verify';

/** Verbs that are of use where the replicator is deployed; the others need the simulator. */
export const SERVICE_VERBS: readonly Verb[] = [
  checkCommand,
  runCommand,
  statusCommand,
  verifyCommand,
  resyncCommand,
  healthcheckCommand,
  planTableCommand,
  estimateCommand,
];
