import { runCommandLine } from './cli/command-line';
import { start } from './cli/start';
import { SERVICE_VERBS } from './cli/verbs';

/** What the image runs: without the simulator, and without the verbs that need it. */
start((words, terminal) => runCommandLine(words, terminal, SERVICE_VERBS));
