import {
  BatchGetItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeExportCommand,
  DescribeTableCommand,
  ExportTableToPointInTimeCommand,
  ListExportsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../clock';
import type { Item } from '../item/attribute-value';
import { callAws, faultOf, member, present } from './call';
import { isAboutCredentials } from './classify';
import { type CliFlags, cliFlags } from './cli-command';
import { Clients } from './clients';
import { serverOf } from './endpoints';
import { inEnvironment } from './environment';
import { AwsFault } from './faults';
import { keepBody, parsedBody } from './kept-body';
import { keyReadAnswer, keyReadInput } from './key-read';
import { readAllKeys } from './key-reads';
import { type CallContext, isForSource, type Operation, PERMISSIONS } from './operations';
import { recordPage } from './record-page';
import type { Route } from './request-handler';
import { AnsweredClock } from './service-clock';
import type {
  Attempts,
  AwsServices,
  CallerIdentity,
  ExportDescription,
  ExportRequest,
  KeyReads,
  NewObject,
  ObjectBody,
  ObjectRange,
  PointInTimeRecovery,
  RecordPage,
  ShardPosition,
  SourceTable,
  StreamPage,
  StreamPageRequest,
  WrittenObject,
} from './services';
import { DEFAULT_SETTINGS, type AwsSettings } from './settings';
import { pointInTimeRecovery, sourceTable } from './source-table';
import { streamPage } from './stream-page';
import { exportDescription, exportInput } from './table-export';

type About = Omit<CallContext, keyof CliFlags>;

/**
 * AWS through its SDK. Every call has timeouts and a deadline, and throws an `AwsFault` or its signal's reason. The SDK retries
 * transient faults a few times, except those of streams; `retrying` (retrying.ts) around this retries them without end.
 */
export class SdkServices implements AwsServices {
  readonly clock: AnsweredClock;
  readonly region: string;
  readonly cli: CliFlags;
  private readonly settings: AwsSettings;
  private readonly clients: Clients;

  /** @throws UnknownProfile, UnusableEndpoint, AwsFault when neither the settings nor the environment name a region */
  static async open(settings: Partial<AwsSettings>, clock: Clock): Promise<SdkServices> {
    return new SdkServices(await inEnvironment(settings), clock);
  }

  constructor(
    settings: Partial<AwsSettings> & { readonly region: string },
    private readonly local: Clock,
  ) {
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    this.region = settings.region;
    this.cli = cliFlags(settings, settings.region);
    this.clock = new AnsweredClock(local);
    this.clients = new Clients({ ...this.settings, region: this.region }, this.clock, local);
  }

  callerIdentity(signal?: AbortSignal): Promise<CallerIdentity> {
    return this.identityOf(this.clients.sts, signal);
  }

  sourceIdentity(signal?: AbortSignal): Promise<CallerIdentity> {
    return this.identityOf(this.clients.sourceSts, signal);
  }

  describeTable(table: string, signal?: AbortSignal): Promise<SourceTable> {
    return this.call('DescribeTable', { table }, signal, async (abortSignal) => {
      const answer = await this.clients.dynamodb.send(new DescribeTableCommand({ TableName: table }), {
        abortSignal,
      });
      return sourceTable(present(answer.Table, 'Table'));
    });
  }

  describePointInTimeRecovery(table: string, signal?: AbortSignal): Promise<PointInTimeRecovery> {
    return this.call('DescribeContinuousBackups', { table }, signal, async (abortSignal) => {
      const command = new DescribeContinuousBackupsCommand({ TableName: table });
      const answer = await this.clients.dynamodb.send(command, { abortSignal });
      return pointInTimeRecovery(
        present(answer.ContinuousBackupsDescription, 'ContinuousBackupsDescription'),
      );
    });
  }

  requestExport(request: ExportRequest, signal?: AbortSignal): Promise<ExportDescription> {
    const { tableArn: arn, bucket, window } = request;
    const context = { arn, bucket, window };
    return this.call('ExportTableToPointInTime', context, signal, async (abortSignal) => {
      const command = new ExportTableToPointInTimeCommand(exportInput(request));
      const answer = await this.clients.dynamodb.send(command, { abortSignal });
      return exportDescription(present(answer.ExportDescription, 'ExportDescription'));
    });
  }

  describeExport(exportArn: string, signal?: AbortSignal): Promise<ExportDescription> {
    return this.call('DescribeExport', { arn: exportArn }, signal, async (abortSignal) => {
      const command = new DescribeExportCommand({ ExportArn: exportArn });
      const answer = await this.clients.dynamodb.send(command, { abortSignal });
      return exportDescription(present(answer.ExportDescription, 'ExportDescription'));
    });
  }

  async listExports(tableArn: string, signal?: AbortSignal): Promise<readonly string[]> {
    const arns: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.call('ListExports', { arn: tableArn }, signal, async (abortSignal) => {
        const command = new ListExportsCommand({ TableArn: tableArn, MaxResults: 25, NextToken: token });
        const answer = await this.clients.dynamodb.send(command, { abortSignal });
        const summaries = present(answer.ExportSummaries, 'ExportSummaries');
        return { arns: summaries.map((one) => member(one.ExportArn, 'ExportArn')), next: answer.NextToken };
      });
      arns.push(...page.arns);
      token = page.next;
    } while (token !== undefined);
    return arns;
  }

  readKeys(table: string, keys: readonly Item[], signal?: AbortSignal): Promise<KeyReads> {
    const attributes = [...(keys[0]?.keys() ?? [])];
    const read = (wanted: readonly Item[]) =>
      this.call('BatchGetItem', { table, attributes }, signal, async (abortSignal) => {
        const command = new BatchGetItemCommand(keyReadInput(table, wanted));
        const kept = keepBody(command);
        await this.clients.dynamodb.send(command, { abortSignal });
        return keyReadAnswer(table, wanted, parsedBody(kept()));
      });
    return readAllKeys(keys, read, { clock: this.local, signal });
  }

  describeStream(streamArn: string, page: StreamPageRequest, signal?: AbortSignal): Promise<StreamPage> {
    return this.call('DescribeStream', { arn: streamArn }, signal, async (abortSignal) => {
      const command = new DescribeStreamCommand({
        StreamArn: streamArn,
        Limit: 100,
        ExclusiveStartShardId: page.exclusiveStartShardId,
        ...(page.childrenOf !== undefined && {
          ShardFilter: { Type: 'CHILD_SHARDS' as const, ShardId: page.childrenOf },
        }),
      });
      const answer = await this.clients.streams.send(command, { abortSignal });
      return streamPage(present(answer.StreamDescription, 'StreamDescription'));
    });
  }

  getShardIterator(
    streamArn: string,
    shardId: string,
    position: ShardPosition,
    signal?: AbortSignal,
  ): Promise<string> {
    return this.call('GetShardIterator', { arn: streamArn }, signal, async (abortSignal) => {
      const command = new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ...(position === 'TRIM_HORIZON'
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.after }),
      });
      const answer = await this.clients.streams.send(command, { abortSignal });
      return present(answer.ShardIterator, 'ShardIterator');
    });
  }

  async getRecords(
    iterator: string,
    limit: number,
    signal?: AbortSignal,
    attempts?: Attempts,
  ): Promise<RecordPage> {
    // AWS's iterators begin with the stream's ARN; messages name it.
    const arn = /^arn:[^|]+/.exec(iterator)?.[0];
    const answer = await this.call('GetRecords', { arn }, signal, async (abortSignal) => {
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: limit });
      const kept = keepBody(command);
      await this.clients.streams.send(command, { abortSignal });
      return kept();
    });
    await attempts?.received(answer.bytes.byteLength);
    try {
      return recordPage(answer);
    } catch (error) {
      throw faultOf('GetRecords', error, this.contextOf('GetRecords', { arn }), signal);
    }
  }

  headBucket(
    bucket: string,
    owner: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ region: string | undefined }> {
    return this.call('HeadBucket', { bucket }, signal, (abortSignal) =>
      this.clients.buckets.head(bucket, owner, abortSignal),
    );
  }

  getObject(bucket: string, key: string, range: ObjectRange, signal?: AbortSignal): Promise<ObjectBody> {
    return this.call('GetObject', { bucket, key }, signal, (abortSignal) =>
      this.clients.buckets.get(bucket, key, range, abortSignal, signal),
    );
  }

  putObject(bucket: string, key: string, object: NewObject, signal?: AbortSignal): Promise<WrittenObject> {
    return this.call('PutObject', { bucket, key }, signal, (abortSignal) =>
      this.clients.sourceBuckets.put(bucket, key, object, abortSignal),
    );
  }

  /** How each host called so far was reached. */
  get routes(): readonly Route[] {
    return this.clients.routes;
  }

  close(): void {
    this.clients.destroy();
  }

  private identityOf(sts: STSClient, signal: AbortSignal | undefined): Promise<CallerIdentity> {
    return this.call('GetCallerIdentity', {}, signal, async (abortSignal) => {
      const answer = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
      return { account: present(answer.Account, 'Account'), arn: present(answer.Arn, 'Arn') };
    });
  }

  private async call<Result>(
    operation: Operation,
    about: About,
    signal: AbortSignal | undefined,
    send: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await callAws(
        operation,
        this.contextOf(operation, about),
        this.settings.timeouts.callMs,
        signal,
        send,
      );
    } catch (error) {
      if (error instanceof AwsFault && isAboutCredentials(error)) this.clients.readCredentialsAgain();
      throw error;
    }
  }

  private contextOf(operation: Operation, about: About): CallContext {
    const server = serverOf(this.settings, PERMISSIONS[operation].service);
    const sourceRole = isForSource(operation) ? this.settings.sourceRole?.roleArn : undefined;
    return { ...about, ...this.cli, server, sourceRole };
  }
}
