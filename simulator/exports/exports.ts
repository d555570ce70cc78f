import type { SimulatorClock } from '../clock';
import type { Caller } from '../iam/caller';
import type { Knobs } from '../knobs';
import { derivedRandom, within } from '../random';
import type { Random } from '../random';
import type { ObjectStore } from '../s3/object-store';
import { ServiceError, validation } from '../service-error';
import { optionalInteger, optionalText, requiredText } from '../tables/request';
import type { Input } from '../tables/request';
import { itemWindows, cutOffset, rounded } from './cuts';
import { exportContent } from './export-content';
import type { Export, ExportableTable } from './export';
import { describeExport } from './export-description';
import { checkArn, parseExportRequest } from './export-request';
import { changeLines, type ExportLine, itemLines } from './lines';
import { type ExportContent, dataFolderOf, folderOf, writtenExport } from './layout';

/** Exports to S3. A request is accepted at once; the files are written when the export is due. */
export class Exports {
  private readonly random: Random;
  private readonly exports = new Map<string, Export>();
  private readonly tokens = new Map<string, { fingerprint: string; arn: string; at: number }>();
  private pending: Export[] = [];
  private failure: { code: string; message: string } | undefined;

  readonly operations: Readonly<Record<string, (input: Input, caller: Caller) => unknown>> = {
    ExportTableToPointInTime: (input, caller) => this.start(input, caller),
    DescribeExport: (input) => this.describe(input),
    ListExports: (input) => this.list(input),
  };

  constructor(
    private readonly deps: {
      clock: SimulatorClock;
      seed: number;
      knobs: Knobs;
      region: string;
      accountId: string;
      store: ObjectStore;
      table: (nameOrArn: string) => ExportableTable | undefined;
      /** Whether a file may be written on behalf of a caller. */
      mayWrite: (caller: Caller, bucket: string, key: string) => boolean;
    },
  ) {
    this.random = derivedRandom(deps.seed, 'exports');
  }

  /** Makes the next export fail when it is due. */
  failNext(code: string, message: string): void {
    this.failure = { code, message };
  }

  /** When the next export ends, in epoch ms; undefined if none is in progress. */
  nextDueAt(): number | undefined {
    return this.pending.length === 0 ? undefined : Math.min(...this.pending.map((each) => each.dueAt));
  }

  /** Completes every export that is due. */
  advance(now: number): void {
    if (this.pending.length === 0) return;
    const due = this.pending.filter((each) => each.dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    if (due.length === 0) return;
    this.pending = this.pending.filter((each) => each.dueAt > now);
    for (const each of due) {
      each.outcome = this.end(each);
      each.release();
    }
  }

  private start(input: Input, caller: Caller): unknown {
    const { clock, knobs } = this.deps;
    const now = clock.now();
    const request = parseExportRequest(input, this.deps);
    const { clientToken, ...parameters } = request;
    const fingerprint = JSON.stringify(parameters);
    const earlier = clientToken === undefined ? undefined : this.tokens.get(clientToken);
    if (earlier && now - earlier.at < knobs.exportTokenMs) {
      if (earlier.fingerprint !== fingerprint) {
        throw new ServiceError(
          'ExportConflictException',
          'Duplicate request detected with different parameters',
        );
      }
      return { ExportDescription: describeExport(this.exports.get(earlier.arn) as Export) };
    }
    const table = this.deps.table(request.tableArn);
    if (!table) throw new ServiceError('TableNotFoundException', `Table not found: ${request.tableArn}`);
    const content = exportContent(request, table, now - knobs.newestExportLagMs);
    if (this.pending.length >= knobs.concurrentExports) {
      throw new ServiceError('LimitExceededException', 'Too many exports are in progress');
    }
    const isFull = content.type === 'FULL_EXPORT';
    // The id of an incremental export has whole seconds, as seen in real ones.
    const idTime = isFull ? now : Math.floor(now / 1000) * 1000;
    const arn = `${table.arn}/export/${String(idTime).padStart(14, '0')}-${this.random.hex(8)}`;
    const made: Export = {
      arn,
      request,
      clientToken: clientToken ?? this.inventedToken(),
      caller,
      table,
      startTime: now,
      content,
      dueAt: now + within(this.random, knobs.exportDurationMs),
      release: table.history.hold((isFull ? content.exportTime : content.from) - knobs.exportCutMs - 1000),
    };
    this.exports.set(arn, made);
    this.tokens.set(made.clientToken, { fingerprint, arn, at: now });
    this.pending.push(made);
    return { ExportDescription: describeExport(made) };
  }

  private inventedToken(): string {
    return [8, 4, 4, 4, 12].map((length) => this.random.hex(length)).join('-');
  }

  private end(each: Export): NonNullable<Export['outcome']> {
    const { store, knobs, accountId } = this.deps;
    const { request, table } = each;
    const owner = store.ownerOf(request.bucket);
    const failure = this.failure ?? this.bucketFailure(each, owner);
    this.failure = undefined;
    if (failure) return { status: 'FAILED', ...failure };
    const random = derivedRandom(this.random.integer(0, 2 ** 31), 'export');
    const count = knobs.exportFiles ?? table.provisionedPartitions ?? knobs.partitions;
    const facts = {
      ...request,
      exportArn: each.arn,
      startTime: each.startTime,
      endTime: each.dueAt,
      tableId: table.id,
      content: shownContent(each.content, knobs),
    };
    const written = writtenExport(this.lines(each, random), count, facts, random);
    store.as(owner ?? accountId, () => {
      for (const { key, body, isData } of written.files) {
        if (isData) store.putParts(request.bucket, key, [body]);
        else store.putObject(request.bucket, key, body);
      }
    });
    const { manifestKey, itemCount, billedSizeBytes } = written;
    return { status: 'COMPLETED', manifestKey, itemCount, billedSizeBytes };
  }

  private lines({ content, table, dueAt }: Export, random: Random): Iterable<ExportLine> {
    const { knobs } = this.deps;
    if (content.type === 'FULL_EXPORT') {
      const base = rounded(content.exportTime, knobs.exportTimeRounding, random);
      const cut = (): number => Math.min(base + cutOffset(knobs, random), dueAt);
      return itemLines(table.history.snapshot(cut), random);
    }
    const { from, to, view } = content;
    const windows = itemWindows({ tableId: table.id, from, to, until: dueAt }, knobs, random);
    return changeLines(table.history.changes(windows), view);
  }

  private bucketFailure(
    { request, caller, arn, content }: Export,
    owner: string | undefined,
  ): { code: string; message: string } | undefined {
    if (owner === undefined)
      return { code: 'S3NoSuchBucket', message: 'The specified bucket does not exist' };
    const isMeant = (request.bucketOwner ?? caller.account) === owner;
    const keys = [
      `${folderOf(request.prefix, arn)}/_started`,
      `${dataFolderOf(request.prefix, arn, content.type)}/`,
    ];
    if (isMeant && keys.every((key) => this.deps.mayWrite(caller, request.bucket, key))) return undefined;
    return { code: 'S3AccessDenied', message: 'Access denied when writing to the S3 bucket' };
  }

  private describe(input: Input): unknown {
    const arn = requiredText(input, 'ExportArn');
    checkArn(arn, 'Export', this.deps);
    const found = this.exports.get(arn);
    if (!found || this.isAgedOut(found)) {
      throw new ServiceError('ExportNotFoundException', `Export not found: ${arn}`);
    }
    return { ExportDescription: describeExport(found) };
  }

  private list(input: Input): unknown {
    const tableArn = optionalText(input, 'TableArn');
    if (tableArn !== undefined) checkArn(tableArn, 'Table', this.deps);
    const most = optionalInteger(input, 'MaxResults', 1, 25) ?? 25;
    const token = optionalText(input, 'NextToken');
    const after = token === undefined ? undefined : Buffer.from(token, 'base64').toString();
    if (after !== undefined && !after.startsWith('arn:')) throw validation('Invalid NextToken');
    const found = [...this.exports.values()]
      .filter((each) => tableArn === undefined || each.table.arn === tableArn)
      .filter((each) => (after === undefined || idOf(each.arn) < idOf(after)) && !this.isAgedOut(each))
      .sort((a, b) => (idOf(a.arn) > idOf(b.arn) ? -1 : 1));
    const page = found.slice(0, most);
    const last = page.at(-1);
    return {
      ExportSummaries: page.map((each) => ({
        ExportArn: each.arn,
        ExportStatus: each.outcome?.status ?? 'IN_PROGRESS',
        ExportType: each.content.type,
      })),
      ...(found.length > most && last ? { NextToken: Buffer.from(last.arn).toString('base64') } : {}),
    };
  }

  private isAgedOut(each: Export): boolean {
    return this.deps.clock.now() - each.startTime > this.deps.knobs.exportListedMs;
  }
}

/** The id begins with the time of the request, so a greater id is newer. */
const idOf = (exportArn: string): string => exportArn.slice(exportArn.lastIndexOf('/') + 1);

/** The content as the manifest shows it. */
function shownContent(content: ExportContent, { manifestTimeOffMs }: Knobs): ExportContent {
  return content.type === 'FULL_EXPORT'
    ? { ...content, exportTime: content.exportTime + manifestTimeOffMs }
    : { ...content, from: content.from + manifestTimeOffMs, to: content.to + manifestTimeOffMs };
}
