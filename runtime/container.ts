import { runCommandLine } from './verbs/command-line';
import { start } from './verbs/start';
import { SERVICE_VERBS } from './verbs/verbs';

/** What the image runs: the verbs of a replicator where it is deployed. */
start((words, terminal) => runCommandLine(words, terminal, SERVICE_VERBS));
