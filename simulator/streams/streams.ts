import type { SimulatorClock } from '../clock';
import type { Knobs } from '../knobs';
import { derivedRandom } from '../random';
import type { Random } from '../random';
import { ServiceError, validation } from '../service-error';
import type { ItemChange } from '../tables/change';
import {
  checkText,
  missing,
  optionalEnum,
  optionalInteger,
  optionalStructure,
  optionalText,
  requiredText,
} from '../tables/request';
import type { Input } from '../tables/request';
import { checkTableName } from '../tables/table-name';
import { iteratorText, parseIterator } from './iterator';
import type { StreamViewType } from './record';
import type { Position, Shard } from './shard';
import { Stream } from './stream';
import type { StreamedTable } from './stream';

const VIEW_TYPES: readonly StreamViewType[] = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'];
const ITERATOR_TYPES = ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const;
const STREAM_ARN = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+\/stream\/.+$/;
const ARN_LENGTH = { least: 37, most: 1024 };
const SHARD_ID_LENGTH = { least: 28, most: 65 };
const SEQUENCE_NUMBER = { least: 21, most: 40, pattern: /^\d+$/ };
const ITERATOR_LENGTH = { least: 1, most: 2048 };

/** StreamSpecification of a request. @throws ServiceError ValidationException */
function readSpecification(specification: unknown): {
  isEnabled: boolean;
  viewType: StreamViewType | undefined;
} {
  const { StreamEnabled, ...rest } = specification as Input;
  const viewType = optionalEnum(rest, 'StreamViewType', VIEW_TYPES);
  if (typeof StreamEnabled !== 'boolean') throw missing('streamSpecification.streamEnabled');
  if (!StreamEnabled && viewType) {
    throw validation('One or more parameter values were invalid: StreamViewType requires StreamEnabled true');
  }
  return { isEnabled: StreamEnabled, viewType };
}

/** @throws ServiceError ValidationException for what is not the ARN of a stream */
function readStreamArn(input: Input): string {
  const arn = requiredText(input, 'StreamArn', ARN_LENGTH);
  checkStreamArn('StreamArn', arn);
  return arn;
}

function checkStreamArn(name: string, arn: string): void {
  if (!STREAM_ARN.test(arn)) throw validation(`Invalid ${name}: ${arn} is not the ARN of a stream`);
}

/** The members about a table's stream in the DescribeTable response. */
export interface StreamMembers {
  StreamSpecification?: { StreamEnabled: true; StreamViewType: StreamViewType };
  LatestStreamArn?: string;
  LatestStreamLabel?: string;
}

/** DynamoDB Streams: all streams of all tables, including disabled ones while they can be read. */
export class Streams {
  private readonly random: Random;
  private readonly streams = new Map<string, Stream>();
  /** The latest stream by table id, enabled or not. */
  private readonly latest = new Map<string, Stream>();

  readonly operations: Readonly<Record<string, (input: Input) => unknown>> = {
    ListStreams: (input) => this.listStreams(input),
    DescribeStream: (input) => this.describeStream(input),
    GetShardIterator: (input) => this.getShardIterator(input),
    GetRecords: (input) => this.getRecords(input),
  };

  constructor(private readonly deps: { clock: SimulatorClock; seed: number; region: string; knobs: Knobs }) {
    this.random = derivedRandom(deps.seed, 'streams');
  }

  /** Called when a table is created with this StreamSpecification. @throws ServiceError ValidationException */
  created(table: StreamedTable, specification: unknown): void {
    if (specification === undefined || specification === null) return;
    if ((specification as Input)['StreamEnabled'] !== false) this.updated(table, specification);
    else readSpecification(specification);
  }

  /** Called when a table's StreamSpecification changes. @throws ServiceError ValidationException */
  updated(table: StreamedTable, specification: unknown): void {
    const { isEnabled, viewType } = readSpecification(specification);
    const current = this.latest.get(table.id);
    if (isEnabled) {
      if (current?.isEnabled)
        throw validation(`Table already has an enabled stream: TableName: ${table.name}`);
      if (!viewType) {
        throw validation(
          'One or more parameter values were invalid: StreamViewType is required for a stream',
        );
      }
      this.enable(table, viewType);
      return;
    }
    if (!current?.isEnabled)
      throw validation(`Table has no enabled stream to disable: TableName: ${table.name}`);
    current.disable(this.deps.clock.now());
  }

  deleted(table: { readonly id: string }): void {
    const stream = this.latest.get(table.id);
    if (stream?.isEnabled) stream.disable(this.deps.clock.now());
    this.latest.delete(table.id);
  }

  describe(table: { readonly id: string }): StreamMembers {
    const stream = this.latest.get(table.id);
    if (!stream) return {};
    return {
      ...(stream.isEnabled
        ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType } }
        : {}),
      LatestStreamArn: stream.arn,
      LatestStreamLabel: stream.label,
    };
  }

  append(change: ItemChange): void {
    this.latest.get(change.tableId)?.append(change);
  }

  /** Runs what was due until now: automatic rollovers, trimming, dropping streams disabled a day ago. */
  advance(now: number): void {
    for (const stream of this.streams.values()) {
      stream.advance(now);
      if (stream.isGone(now)) this.streams.delete(stream.arn);
    }
  }

  /** The latest stream of a table. @throws RangeError if it has none */
  ofTable(tableId: string): Stream {
    const stream = this.latest.get(tableId);
    if (!stream) throw new RangeError('The table has no stream.');
    return stream;
  }

  private enable(table: StreamedTable, viewType: StreamViewType): void {
    const { clock, knobs, region } = this.deps;
    const now = clock.now();
    let label: string;
    let at = now;
    do label = new Date(at++).toISOString().slice(0, -1);
    while (this.streams.has(`${table.arn}/stream/${label}`));
    const random = derivedRandom(this.random.integer(0, 2 ** 31), 'stream');
    const stream = new Stream(table, label, viewType, now, knobs, random, region);
    this.streams.set(stream.arn, stream);
    this.latest.set(table.id, stream);
  }

  private listStreams(input: Input): unknown {
    const limit = optionalInteger(input, 'Limit', 1, 100) ?? 100;
    const tableName = optionalText(input, 'TableName');
    if (tableName !== undefined) checkTableName(tableName);
    const after = optionalText(input, 'ExclusiveStartStreamArn', ARN_LENGTH);
    if (after !== undefined) checkStreamArn('ExclusiveStartStreamArn', after);
    const found = [...this.streams.values()]
      .filter((stream) => tableName === undefined || stream.table.name === tableName)
      .filter((stream) => after === undefined || stream.arn > after)
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
    const page = found.slice(0, limit);
    return {
      Streams: page.map((stream) => ({
        StreamArn: stream.arn,
        StreamLabel: stream.label,
        TableName: stream.table.name,
      })),
      ...(found.length > limit ? { LastEvaluatedStreamArn: page.at(-1)?.arn } : {}),
    };
  }

  private describeStream(input: Input): unknown {
    const arn = readStreamArn(input);
    const limit = optionalInteger(input, 'Limit', 1, 100) ?? 100;
    const after = optionalText(input, 'ExclusiveStartShardId', SHARD_ID_LENGTH);
    const childrenOf = this.childrenFilter(input);
    const now = this.deps.clock.now();
    const stream = this.find(arn);
    const { shards, isFull } = stream.list(now, limit, after, childrenOf);
    return {
      StreamDescription: {
        StreamArn: stream.arn,
        StreamLabel: stream.label,
        StreamStatus: stream.status(now),
        StreamViewType: stream.viewType,
        CreationRequestDateTime: stream.createdAt / 1000,
        TableName: stream.table.name,
        KeySchema: stream.table.keySchema,
        Shards: shards,
        ...(isFull ? { LastEvaluatedShardId: shards.at(-1)?.ShardId } : {}),
      },
    };
  }

  private childrenFilter(input: Input): string | undefined {
    const filter = optionalStructure(input, 'ShardFilter');
    if (!filter) return undefined;
    optionalEnum(filter, 'Type', ['CHILD_SHARDS']);
    if (!filter['Type']) throw validation('ShardFilter requires a Type');
    const shardId = requiredText(filter, 'ShardId');
    checkText('shardFilter.shardId', shardId, SHARD_ID_LENGTH);
    return shardId;
  }

  private getShardIterator(input: Input): unknown {
    const streamArn = readStreamArn(input);
    const shardId = requiredText(input, 'ShardId', SHARD_ID_LENGTH);
    requiredText(input, 'ShardIteratorType');
    const type = optionalEnum(input, 'ShardIteratorType', ITERATOR_TYPES);
    const number = optionalText(input, 'SequenceNumber', SEQUENCE_NUMBER);
    const needsNumber = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER';
    if (needsNumber && number === undefined) {
      throw validation(`One or more parameter values were invalid: ${type} requires a SequenceNumber`);
    }
    if (!needsNumber && number !== undefined) {
      throw validation(`One or more parameter values were invalid: ${type} does not allow a SequenceNumber`);
    }
    const shard = this.shard(this.find(streamArn), shardId);
    const position =
      number === undefined
        ? this.startOf(shard, type)
        : shard.positionOf(number, needsNumber && type === 'AT_SEQUENCE_NUMBER' ? 'at' : 'after');
    const issuedAt = this.deps.clock.now();
    return { ShardIterator: iteratorText({ streamArn, shardId, position, issuedAt, fresh: true }) };
  }

  private startOf(shard: Shard, type: string | undefined): Position {
    if (type === 'TRIM_HORIZON') return 'horizon';
    const misses = !shard.isClosed && this.random.chance(this.deps.knobs.latestMiss);
    return shard.nextPosition + (misses ? 1 : 0);
  }

  private getRecords(input: Input): unknown {
    const text = requiredText(input, 'ShardIterator', ITERATOR_LENGTH);
    const limit = optionalInteger(input, 'Limit', 1, 1000) ?? 1000;
    const iterator = parseIterator(text);
    if (!iterator) throw validation('Invalid ShardIterator');
    const { streamArn, shardId, position, issuedAt, fresh } = iterator;
    const now = this.deps.clock.now();
    if (now - issuedAt > this.deps.knobs.iteratorLifeMs) {
      throw new ServiceError(
        'ExpiredIteratorException',
        'The shard iterator is expired: it was issued more than 15 minutes ago',
      );
    }
    const { records, next } = this.shard(this.find(streamArn), shardId).read(position, now, limit, fresh);
    if (next === undefined) return { Records: records };
    const still = fresh && records.length === 0;
    return {
      Records: records,
      NextShardIterator: iteratorText({ streamArn, shardId, position: next, issuedAt: now, fresh: still }),
    };
  }

  private find(arn: string): Stream {
    const stream = this.streams.get(arn);
    if (stream && !stream.isGone(this.deps.clock.now())) return stream;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${arn} not found`,
    );
  }

  private shard(stream: Stream, id: string): Shard {
    const shard = stream.shard(id, this.deps.clock.now());
    if (shard) return shard;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Shard does not exist in stream: ${stream.arn}`,
    );
  }
}
