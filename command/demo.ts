import { Option } from 'commander';
import { DEFAULT_FILE } from '../demo/default-file';
import type * as Demo from '../demo/demo';
import { EXIT } from '../runtime/verbs/exit-codes';
import { numberIn } from '../runtime/verbs/number-in';
import type { Verb } from '../runtime/verbs/verb';

/** Service seconds per second of the demo, unless tests ask for more. */
const CLOCK_RATE = '60';

/** `dynamodb-replicator demo`, which `npm start` runs: the whole chain on this machine, in under a minute. */
export const demoCommand: Verb = {
  name: 'demo',
  summary:
    'show the whole chain on this machine, without an AWS account: real data, export, load, live changes',
  example: 'dynamodb-replicator demo --follow',
  define(command) {
    command
      .option('--follow', 'continue until you press Ctrl-C')
      .option(
        '--to <FILE.duckdb|postgres>',
        'where the rows go: a new file, or that of an earlier demo; "postgres", which starts a server for the demo; or postgres://…',
        DEFAULT_FILE,
      )
      .addOption(new Option('--clock-rate <times>').default(CLOCK_RATE).hideHelp())
      .allowExcessArguments(false);
  },
  async run(command, terminal) {
    const given = command.opts<{ follow?: boolean; to: string; clockRate: string }>();
    const clockRate = numberIn(given.clockRate, '--clock-rate', 1, 100_000);
    // Loaded only here: the other verbs need no simulator.
    // oxlint-disable-next-line typescript/no-require-imports
    const { runDemo } = require('../demo/demo') as typeof Demo;
    await runDemo({ follow: given.follow ?? false, to: given.to, clockRate }, terminal);
    return EXIT.fine;
  },
};
