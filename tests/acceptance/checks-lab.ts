import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import type {
  Answer,
  Check,
  Lab,
  LabClients,
  LabTable,
  Remembered,
  TableOptions,
} from '../../acceptance/check';
import { keyStatements } from '../../infra/plan/iam/statements';
import { type Knobs, Simulator } from '../../simulator';
import { VirtualClock } from '../simulation/virtual-clock';
import { InProcessHandler } from '../simulator/in-process-handler';

const BUCKET = 'acceptance';
const ACCOUNT = '123456789012';
/** What a test does to the simulator while the checks run. */
export type Disturb = (simulator: Simulator, clock: VirtualClock) => Promise<void>;

/** An account in the simulator, and the checks that ask it, in virtual time. */
export class CheckedAccount {
  readonly clock = new VirtualClock();
  readonly simulator: Simulator;
  private readonly dates = new WeakMap<object, number>();
  private readonly remembered = new Map<string, Remembered>();
  private readonly end = new AbortController();
  private readonly lab: Lab;

  constructor(knobs: Partial<Knobs> = {}, seed = 1) {
    this.simulator = new Simulator({ clock: this.clock, seed, knobs, accountId: ACCOUNT });
    this.simulator.s3.createBucket(BUCKET);
    for (const [name, policies] of [
      ['owner', [{ Action: '*', Resource: '*', Effect: 'Allow' }]],
      ['replicator', keyStatements([{ arn: this.tableArn('*'), keyAttributes: ['pk'] }])],
    ] as const) {
      this.simulator.iam.putUser(`arn:aws:iam::${ACCOUNT}:user/${name}`, {
        accessKeyId: name,
        policies: [{ Version: '2012-10-17', Statement: policies } as never],
      });
    }
    this.lab = {
      ...this.clients('owner'),
      asReplicator: this.clients('replicator'),
      region: this.simulator.region,
      bucket: BUCKET,
      signal: this.end.signal,
      clock: { now: () => this.clock.now(), sleep: (ms) => this.clock.sleep(ms, this.end.signal) },
      table: (part, options) => this.table(part, options),
      dateOf: (output) => this.dates.get(output),
      random: () => 0.5,
      recall: (name) => Promise.resolve(this.remembered.get(name)),
      remember: (name, what) => {
        this.remembered.set(name, JSON.parse(JSON.stringify(what)) as Remembered);
        return Promise.resolve();
      },
      log: () => undefined,
    };
  }

  /** Runs checks at the same time; their answers by id. An error is an answer that names it. */
  async answers(checks: readonly Check[], disturb?: Disturb): Promise<ReadonlyMap<string, Answer>> {
    const answers = new Map<string, Answer>();
    const run = async (check: Check) => {
      const answer = await check.run(this.lab).catch((error: Error): Answer => {
        return { verdict: 'not asked', observed: {}, because: error.stack ?? error.message };
      });
      const known = answers.get(check.id);
      answers.set(check.id, known === undefined ? answer : both(known, answer));
    };
    await this.clock.run(Promise.all([...checks.map(run), disturb?.(this.simulator, this.clock)]));
    return answers;
  }

  /** Ends every wait of the checks. */
  stop(reason: Error): void {
    this.end.abort(reason);
  }

  private tableArn(name: string): string {
    return `arn:aws:dynamodb:${this.simulator.region}:${ACCOUNT}:table/${name}`;
  }

  private clients(accessKeyId: string): LabClients {
    const options = {
      region: this.simulator.region,
      endpoint: 'http://aws.test',
      credentials: { accessKeyId, secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: new InProcessHandler(this.simulator) as never,
    };
    return {
      dynamodb: this.tracked(new DynamoDBClient(options)),
      streams: this.tracked(new DynamoDBStreamsClient(options)),
      s3: this.tracked(new S3Client({ ...options, forcePathStyle: true })),
    };
  }

  private tracked<Client extends { send: unknown }>(client: Client): Client {
    const send = (client.send as (command: unknown) => Promise<object>).bind(client);
    client.send = (command: unknown) =>
      this.clock.track(
        send(command).then(async (output) => {
          this.dates.set(output, Math.floor(this.clock.now() / 1_000) * 1_000);
          return output;
        }),
      );
    return client;
  }

  private async table(
    part: string,
    { stream, recovery = false, timeToLive, isAwaited = true }: TableOptions = {},
  ): Promise<LabTable> {
    const { dynamodb } = this.lab;
    const TableName = `acceptance-${part}`;
    const isThere = await dynamodb.send(new DescribeTableCommand({ TableName })).then(
      () => true,
      () => false,
    );
    if (!isThere)
      await dynamodb.send(
        new CreateTableCommand({
          TableName,
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } }),
        }),
      );
    if (isAwaited) await this.clock.sleep(this.simulator.knobs.tableCreatingMs);
    if (timeToLive !== undefined && !isThere)
      await dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
        }),
      );
    if (recovery && !isThere) {
      const { backupsUnavailableMs, backupsEnablingMs } = this.simulator.knobs;
      await this.clock.sleep(backupsUnavailableMs);
      await dynamodb.send(
        new UpdateContinuousBackupsCommand({
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      );
      await this.clock.sleep(backupsEnablingMs[1]);
    }
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    return { name: TableName, arn: Table?.TableArn ?? '', streamArn: Table?.LatestStreamArn };
  }
}

/** Checks of the same assumption: the one that differs, else one that was not asked. */
function both(one: Answer, other: Answer): Answer {
  const verdict =
    [one, other].find((each) => each.verdict === 'differs') ??
    [one, other].find((each) => each.verdict === 'not asked') ??
    one;
  return { ...verdict, observed: { ...one.observed, ...other.observed } };
}
