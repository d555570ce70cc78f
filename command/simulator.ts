import { Option } from 'commander';
import { untilAborted } from '../runtime/abort';
import type * as SimulatorRoom from '../simulator';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import { numberIn } from '../runtime/verbs/number-in';
import type { Verb } from '../runtime/verbs/verb';
import { instructions } from './simulator-instructions';

const DEFAULT_PORT = 4566;
const HOUR = 3_600_000;
/** The value of the knobs `everyday`, repeated here because the simulator is loaded only when it runs. */
const DEFAULT_TABLE_DELAY_MS = 300;

interface SimulatorFlags {
  readonly port: string;
  readonly region: string;
  readonly account: string;
  readonly exportCut: 'exact' | 'mixed';
  readonly tableDelayMs: string;
  readonly clockRate: string;
  readonly seed: string;
}

/** `dynamodb-replicator simulator`: the local AWS as a server. */
export const simulatorCommand: Verb = {
  name: 'simulator',
  summary: 'run a local AWS (DynamoDB, Streams, exports, S3) on 127.0.0.1 to try things out',
  example: `dynamodb-replicator simulator --port ${DEFAULT_PORT}`,
  define(command) {
    command
      .option('--port <PORT>', 'port on 127.0.0.1; 0 picks a free one', String(DEFAULT_PORT))
      .option('--region <REGION>', 'AWS region of tables and buckets', 'eu-west-1')
      .option('--account <ID>', 'AWS account of 12 digits that owns them', '123456789012')
      .addOption(
        new Option(
          '--export-cut <CUT>',
          'exact: an export has each item as of the export’s time; mixed: as of up to 60 s earlier or later, as AWS allows',
        )
          .choices(['exact', 'mixed'])
          .default('exact'),
      )
      .option(
        '--table-delay-ms <MS>',
        'how long a new table is CREATING and a deleted one DELETING; 0 means not at all',
        String(DEFAULT_TABLE_DELAY_MS),
      )
      .option('--clock-rate <RATE>', 'how many times faster than real time its clock runs', '1')
      .option('--seed <SEED>', 'number that determines every random choice', '1')
      .allowExcessArguments(false);
  },
  async run(command, terminal) {
    const flags = command.opts<SimulatorFlags>();
    const port = numberIn(flags.port, '--port', 0, 65_535);
    const rate = numberIn(flags.clockRate, '--clock-rate', 1, 100_000);
    const seed = numberIn(flags.seed, '--seed', 0, 2 ** 31);
    const tableDelayMs = numberIn(flags.tableDelayMs, '--table-delay-ms', 0, HOUR);
    const region = matching(
      flags.region,
      /^[a-z]{2,3}(-[a-z]+)+-\d$/,
      '--region takes an AWS region such as eu-west-1',
    );
    const accountId = matching(flags.account, /^\d{12}$/, '--account takes an AWS account ID of 12 digits');
    // oxlint-disable-next-line typescript/no-require-imports
    const { calm, everyday, RunningClock, Simulator } = require('../simulator') as typeof SimulatorRoom;
    const { exportCut, exportTimeRounding } = flags.exportCut === 'mixed' ? calm : everyday;
    const simulator = new Simulator({
      clock: new RunningClock(rate),
      seed,
      region,
      accountId,
      knobs: {
        ...everyday,
        exportCut,
        exportTimeRounding,
        tableCreatingMs: tableDelayMs,
        tableDeletingMs: tableDelayMs,
      },
    });
    const listening = await simulator.listen({ port }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new WrongUse(`Port ${port} is in use. Choose another with --port, or a free one with --port 0.`);
    });
    terminal.output.write(instructions({ url: listening.url, region, accountId, rate }));
    await untilAborted(terminal.interrupted);
    await listening.close();
    terminal.output.write('Stopped. All data is gone.\n');
    return EXIT.fine;
  },
};

/** @throws WrongUse */
function matching(text: string, pattern: RegExp, expected: string): string {
  if (pattern.test(text)) return text;
  throw new WrongUse(`${expected}, not ${text}.`);
}
