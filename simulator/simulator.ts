import { RunningClock } from './clock';
import type { SimulatorClock } from './clock';
import { Backups } from './exports/backups';
import { Exports } from './exports/exports';
import { TableHistory } from './exports/history';
import { Faults, faultError, isOnlyLate, takesEffect } from './faults';
import type { Service } from './faults';
import type { Backend } from './http/backend';
import type { Answer, Request } from './http/message';
import { VERSIONS } from './http/query-protocol';
import { Responder } from './http/responder';
import { listen } from './http/server';
import type { Listening } from './http/server';
import type { Caller } from './iam/caller';
import { Guard } from './iam/guard';
import { Iam } from './iam/iam';
import { roleOperations } from './iam/role-operations';
import { calm } from './knobs';
import type { Knobs } from './knobs';
import { derivedRandom } from './random';
import { MultipartUploads } from './s3/multipart-uploads';
import { objectApi } from './s3/object-api';
import type { ObjectApi } from './s3/object-api';
import { ObjectStore } from './s3/object-store';
import { Secrets } from './secrets';
import { ServiceError } from './service-error';
import { Streams } from './streams/streams';
import { securityTokens, unknownAction } from './sts';
import type { ItemChange } from './tables/change';
import { Tables } from './tables/tables';
import type { TableView } from './tables/tables';

export interface SimulatorOptions {
  /** Default: real time. */
  clock?: SimulatorClock & { advance?(ms: number): void };
  /** Determines every random choice. Default: 1. */
  seed?: number;
  region?: string;
  /** 12 digits. */
  accountId?: string;
  /** Differences from `calm`. */
  knobs?: Partial<Knobs>;
}

type Operation = (input: Record<string, unknown>, caller: Caller) => unknown;

const HOUR = 3_600_000;
const UNRECOVERABLE_HISTORY_MS = 5 * 60_000;

/**
 * A local AWS: DynamoDB with streams, point-in-time recovery and exports, the part of S3 that they need, STS's
 * GetCallerIdentity and AssumeRole, the part of IAM that makes roles, and Secrets Manager's GetSecretValue. Use it in-process with
 * `call` and `s3`, over HTTP with any AWS SDK after `listen`, or with `request` without a socket. Over HTTP every caller may do
 * everything until you put users or roles into `iam`.
 */
export class Simulator implements Backend {
  readonly clock: NonNullable<SimulatorOptions['clock']>;
  readonly seed: number;
  readonly region: string;
  readonly accountId: string;
  readonly knobs: Knobs;
  /** Rules that make calls fail, in-process and over HTTP. */
  readonly faults: Faults;
  /** S3 objects, in-process. */
  readonly s3: ObjectApi;
  /** The buckets, without fault rules; for the HTTP server. */
  readonly store: ObjectStore;
  readonly uploads: MultipartUploads;
  readonly tables: Tables;
  /** The secrets that GetSecretValue reads. */
  readonly secrets: Secrets;
  /** Users, roles and their permissions. */
  readonly iam: Iam;
  readonly guard: Guard;
  private readonly streams: Streams;
  private readonly backups: Backups;
  private readonly exports: Exports;
  private readonly histories = new Map<string, TableHistory>();
  private readonly operations: Readonly<Record<Exclude<Service, 's3'>, Map<string, Operation>>>;
  private responder: Responder | undefined;
  private nextSweepAt: number;
  private nextPruneAt: number;

  constructor(options: SimulatorOptions = {}) {
    const {
      clock = new RunningClock(),
      seed = 1,
      region = 'eu-west-1',
      accountId = '123456789012',
    } = options;
    const knobs: Knobs = { ...calm, ...options.knobs };
    this.clock = clock;
    this.seed = seed;
    this.region = region;
    this.accountId = accountId;
    this.knobs = knobs;
    this.faults = new Faults(seed);
    this.iam = new Iam({ clock, random: derivedRandom(seed, 'iam'), region, accountId });
    this.store = new ObjectStore(clock, accountId, region);
    this.uploads = new MultipartUploads(this.store, clock, derivedRandom(seed, 'uploads'));
    this.s3 = objectApi(this.store, this.uploads, (operation, request, perform) =>
      this.guarded('s3', operation, request, perform),
    );
    this.streams = new Streams({ clock, seed, region, knobs });
    const table = (nameOrArn: string): TableView | undefined => this.tables.get(tableName(nameOrArn));
    this.backups = new Backups({ clock, seed, knobs, table });
    this.exports = new Exports({
      clock,
      seed,
      knobs,
      region,
      accountId,
      store: this.store,
      table: (nameOrArn) => {
        const found = table(nameOrArn);
        if (!found) return undefined;
        const { arn, id, name, provisionedPartitions } = found;
        const earliest = this.backups.earliest(id);
        return { arn, id, name, provisionedPartitions, history: this.history(found), earliest };
      },
      mayWrite: (caller, bucket, key) => this.guard.mayExport(caller, bucket, key),
    });
    this.tables = new Tables({
      clock,
      random: derivedRandom(seed, 'tables'),
      region,
      accountId,
      creatingMs: knobs.tableCreatingMs,
      deletingMs: knobs.tableDeletingMs,
      unprocessedKeys: knobs.unprocessedKeys,
      onChange: (change) => this.changed(change),
      streams: {
        created: (created, specification) => this.streams.created(created, specification),
        updated: (updated, specification) => this.streams.updated(updated, specification),
        deleted: (deleted) => {
          this.streams.deleted(deleted);
          this.histories.delete(deleted.id);
        },
        describe: (described) => this.streams.describe(described),
      },
    });
    this.secrets = new Secrets({ clock, random: derivedRandom(seed, 'secrets'), region, accountId });
    this.guard = new Guard(this.iam, {
      region,
      accountId,
      secretArn: (id) => this.secrets.arnOf(id),
      bucketOwner: (bucket) => this.store.ownerOf(bucket),
      hasObject: (bucket, key) => this.store.has(bucket, key),
    });
    this.operations = {
      dynamodb: new Map(
        Object.entries({ ...this.tables.operations, ...this.backups.operations, ...this.exports.operations }),
      ),
      streams: new Map(Object.entries(this.streams.operations)),
      sts: new Map(Object.entries(securityTokens(this.iam))),
      iam: new Map(Object.entries(roleOperations(this.iam, { clock, accountId }))),
      secretsmanager: new Map(Object.entries(this.secrets.operations)),
    };
    this.nextSweepAt = clock.now() + knobs.timeToLiveSweepMs;
    this.nextPruneAt = clock.now() + HOUR;
  }

  /**
   * Executes one call; input and result are in wire format. The result shares objects with the simulator: do not change it.
   * @throws ServiceError the service's error response
   * @throws TransportFault if a fault rule applies that is not an error response
   */
  call(service: Exclude<Service, 's3'>, operation: string, input: Record<string, unknown> = {}): unknown {
    return this.guarded(
      service,
      operation,
      () => JSON.stringify(input),
      () => this.perform(service, operation, input),
    );
  }

  /** Executes a call without fault rules, by default as the account itself. @throws ServiceError */
  perform(
    service: Exclude<Service, 's3'>,
    operation: string,
    input: Record<string, unknown>,
    caller: Caller = this.iam.owner,
  ): unknown {
    const perform = this.operations[service].get(operation);
    if (!perform) {
      if (service === 'sts' || service === 'iam') throw unknownAction(operation, VERSIONS[service]);
      throw new ServiceError(
        'UnknownOperationException',
        `The simulator does not support the operation ${operation}`,
      );
    }
    if (service !== 'sts') this.guard.call(service, operation, input, caller);
    return perform(input, caller);
  }

  /**
   * Executes one complete HTTP request without a socket.
   * @param url as it would be sent, with its query @throws TransportFault if a fault rule applies that is not an error response
   */
  request(request: Request, url: string): Answer {
    this.responder ??= new Responder(this, this.seed);
    return this.responder.exchanged(request, url);
  }

  /** Runs everything that is due: exports, rollovers, trimming, time to live. Every call does that first. */
  tick(): void {
    const now = this.clock.now();
    this.exports.advance(now);
    this.streams.advance(now);
    if (now >= this.nextSweepAt) {
      this.nextSweepAt = now + this.knobs.timeToLiveSweepMs;
      this.tables.expire();
    }
    if (now >= this.nextPruneAt) {
      this.nextPruneAt = now + HOUR;
      for (const [tableId, history] of this.histories) history.prune(this.historyHorizon(tableId, now));
    }
  }

  /** Serves all services on one port of 127.0.0.1, and the commands of `control`. */
  listen(options: { port?: number } = {}): Promise<Listening> {
    return listen(this, this.seed, options.port ?? 0);
  }

  /** Closes every open shard of a table's stream and continues each with one child. @throws RangeError for an unknown table */
  rollover(table: string): void {
    this.tick();
    this.streams.ofTable(this.tableId(table)).rollover(this.clock.now());
  }

  /** Closes one open shard and continues it with two children. @throws RangeError for an unknown table or shard */
  split(table: string, shardId?: string): void {
    this.tick();
    this.streams.ofTable(this.tableId(table)).split(this.clock.now(), shardId);
  }

  /** The ids of the open shards of a table's stream in the order of their hash ranges, whether or not they are listed. @throws RangeError */
  openShards(table: string): string[] {
    this.tick();
    return this.streams.ofTable(this.tableId(table)).openShardIds();
  }

  /** When the next export ends, in epoch ms; undefined if none is in progress. */
  nextExportEndsAt(): number | undefined {
    return this.exports.nextDueAt();
  }

  /** Makes the next export fail with this FailureCode when it is due. */
  failNextExport(code: string, message = `The export failed: ${code}`): void {
    this.exports.failNext(code, message);
  }

  private guarded(
    service: Service,
    operation: string,
    request: () => string,
    perform: () => unknown,
  ): unknown {
    this.tick();
    const fault = this.faults.take(service, operation, request);
    if (!fault || isOnlyLate(fault)) return perform();
    if (takesEffect(fault)) perform();
    throw faultError(operation, fault);
  }

  private changed(change: ItemChange): void {
    this.streams.append(change);
    const table = this.tables.get(change.tableName);
    if (table) this.history(table).append(change, this.historyHorizon(change.tableId, change.at));
  }

  private history(table: TableView): TableHistory {
    let history = this.histories.get(table.id);
    if (!history) {
      history = new TableHistory(table.keySchema);
      this.histories.set(table.id, history);
    }
    return history;
  }

  /** Epoch ms; no export can reach states that ended before it. */
  private historyHorizon(tableId: string, now: number): number {
    const since = this.backups.keptSince(tableId);
    if (since === undefined) return now - UNRECOVERABLE_HISTORY_MS;
    return Math.max(since - UNRECOVERABLE_HISTORY_MS, now - this.knobs.historyHours * HOUR);
  }

  private tableId(table: string): string {
    const found = this.tables.get(table);
    if (!found) throw new RangeError(`Unknown table: ${table}.`);
    return found.id;
  }
}

const tableName = (nameOrArn: string): string => nameOrArn.replace(/^arn:[^/]*:table\//, '');
