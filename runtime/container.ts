import { runCommandLine } from './verbs/command-line';
import { start } from './verbs/start';
import { SERVICE_VERBS } from './verbs/verbs';

/** The image's entry point, with the verbs of a deployed replicator. */
start((words, terminal) => runCommandLine(words, terminal, SERVICE_VERBS));
