import { checkCommand } from './check';
import { healthcheckCommand } from './healthcheck';
import { resyncCommand } from './resync';
import { runCommand } from './run';
import { statusCommand } from './status';
import type { Verb } from './verb';
import { verifyCommand } from './verify';

/** The verbs of a deployed replicator: the image has no others. */
export const SERVICE_VERBS: readonly Verb[] = [
  checkCommand,
  runCommand,
  statusCommand,
  verifyCommand,
  resyncCommand,
  healthcheckCommand,
];
