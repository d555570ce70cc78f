import { untilAborted } from '../runtime/abort';
import type * as SimulatorRoom from '../simulator';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import { numberIn } from '../runtime/verbs/number-in';
import type { Verb } from '../runtime/verbs/verb';

const DEFAULT_PORT = 4566;

/** `dynamodb-replicator simulator`: the local AWS as a server. */
export const simulatorCommand: Verb = {
  name: 'simulator',
  summary: 'a local AWS (DynamoDB, Streams, exports, S3) on 127.0.0.1 to try things with',
  example: `dynamodb-replicator simulator --port ${DEFAULT_PORT}`,
  define(command) {
    command
      .option('--port <PORT>', 'port on 127.0.0.1; 0 picks a free one', String(DEFAULT_PORT))
      .option('--clock-rate <RATE>', 'how many times faster than real time its clock runs', '1')
      .option('--seed <SEED>', 'every choice it makes follows from this number', '1')
      .allowExcessArguments(false);
  },
  async run(command, terminal) {
    const options = command.opts<{ port: string; clockRate: string; seed: string }>();
    const port = numberIn(options.port, '--port', 0, 65_535);
    const rate = numberIn(options.clockRate, '--clock-rate', 1, 100_000);
    const seed = numberIn(options.seed, '--seed', 0, 2 ** 31);
    // oxlint-disable-next-line typescript/no-require-imports
    const { RunningClock, Simulator } = require('../simulator') as typeof SimulatorRoom;
    const simulator = new Simulator({ clock: new RunningClock(rate), seed });
    const listening = await simulator.listen({ port }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new WrongUse(
        `Port ${port} is taken. Choose another one with --port, or --port 0 for any that is free.`,
      );
    });
    terminal.output.write(instructions(listening.url, simulator.region, rate));
    await untilAborted(terminal.interrupted);
    await listening.close();
    terminal.output.write('Stopped. Everything it held is gone.\n');
    return EXIT.fine;
  },
};

function instructions(url: string, region: string, rate: number): string {
  const clockRate = rate === 1 ? '' : ` --clock-rate ${rate}`;
  return `A local AWS listens on ${url}${rate === 1 ? '' : `, its clock ${rate} times faster than real time`}. It keeps everything in memory. Stop it with Ctrl-C.

In another terminal, any AWS SDK or the AWS CLI reaches it with

  export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

A table with stream and point-in-time recovery, a bucket, and an item:

  aws dynamodb create-table --table-name orders --billing-mode PAY_PER_REQUEST \\
    --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH \\
    --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES
  aws dynamodb update-continuous-backups --table-name orders \\
    --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true
  aws s3 mb s3://my-exports
  aws dynamodb put-item --table-name orders --item '{"id": {"S": "1"}, "total": {"N": "12.50"}}'

Replicate it:

  npx dynamodb-replicator run --table orders --bucket my-exports --to orders.duckdb --endpoint ${url}${clockRate}

`;
}
