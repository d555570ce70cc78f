import { checkCommand } from './check';
import { healthcheckCommand } from './healthcheck';
import { resyncCommand } from './resync';
import { runCommand } from './run';
import { statusCommand } from './status';
import type { Verb } from './verb';
import { verifyCommand } from './verify';

/** Verbs of a replicator where it is deployed. */
export const SERVICE_VERBS: readonly Verb[] = [
  checkCommand,
  runCommand,
  statusCommand,
  verifyCommand,
  resyncCommand,
  healthcheckCommand,
];
