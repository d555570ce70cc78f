import { awsCommand, turnOffStream, turnOnRecovery, turnOnStream } from './aws/cli-command';
import { needsSignIn } from './aws/classify';
import { AwsFault } from './aws/faults';
import type { Route } from './aws/request-handler';
import type { AwsServices, SourceTable } from './aws/services';
import { fixOf } from './check-fix';
import type { Settings } from './config';
import type { DestinationRequirement } from './destinations/destination';
import type { KeySchema } from './item/attribute-value';
import { finalMessage, ReplicatorError } from './errors';
import { instant } from './observe/figures';
import { requireExportPermission } from './pipeline/heal/export-permission';
import { requireKeyPermission } from './pipeline/heal/key-permission';
import { readStreamOnce, USABLE_VIEW_TYPES } from './pipeline/source';
import { isTableGone } from './pipeline/source-watch';

/** One requirement of a run and the result of its check. */
export interface CheckedRequirement {
  readonly requirement: string;
  /** `not checked`: something it depends on failed. */
  readonly outcome: 'met' | 'not met' | 'not checked';
  readonly found: string;
  /** The command that fixes it, if there is one. */
  readonly fix: string | undefined;
}

export interface CheckParts {
  readonly settings: Settings;
  /** Must give up on errors, without endless retries. */
  readonly aws: AwsServices;
  /** How AWS's hosts were reached so far: directly or through a proxy. */
  readonly routes: () => readonly Route[];
  /** Checks the destination's requirements. @param keys by source table @throws ReplicatorError */
  readonly destination: (keys: ReadonlyMap<string, KeySchema>) => Promise<readonly DestinationRequirement[]>;
}

/** Adds the ARNs of the caller and of the reader of the tables, and the keys of the tables, once known. */
type Checking = CheckParts & { caller?: string; source?: string; readonly keys: Map<string, KeySchema> };

type Report = (line: CheckedRequirement) => void;

/**
 * Checks everything a run needs. It changes nothing, except that it writes the object `PREFIX/check` to test the bucket,
 * and leaves it there: a run needs no right to delete objects. It
 * checks every requirement that does not depend on a failed one, and reports each at once. Returns whether all are met.
 */
export async function check(given: CheckParts, report: Report, signal: AbortSignal): Promise<boolean> {
  const parts: Checking = { ...given, keys: new Map() };
  let met = true;
  const record: Report = (line) => {
    met &&= line.outcome === 'met';
    report(line);
  };
  const lacking = await checkCredentials(parts, record, signal);
  for (const { name } of parts.settings.tables) {
    if (lacking === undefined) await checkTable(parts, name, record, signal);
    else
      for (const requirement of [...requirementsOf(name), ...healRequirements(parts, name)])
        record(notChecked(requirement, lacking));
  }
  if (lacking === undefined) await checkBucket(parts, record, signal);
  else record(notChecked(bucketRequirement(parts.settings), lacking));
  for (const line of proxiesOf(parts.routes())) record(line);
  for (const { requirement, met: isMet, found, fix } of await parts.destination(parts.keys)) {
    record({ requirement, outcome: isMet ? 'met' : 'not met', found, fix });
  }
  return met;
}

const NO_CREDENTIALS = 'no credentials';

/** Returns why no other check of AWS makes sense; `undefined` if the checks can go on. */
async function checkCredentials(
  parts: Checking,
  report: Report,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { aws, settings } = parts;
  let hasCredentials = true;
  const own = await outcome(parts, 'credentials', signal, async () => {
    try {
      const { account, arn } = await aws.callerIdentity(signal);
      parts.caller = parts.source = arn;
      return `${arn} in account ${account}, region ${aws.region}`;
    } catch (error) {
      // STS may be unreachable although the tables are not: in a network without an endpoint for STS.
      hasCredentials = !(error instanceof AwsFault && needsSignIn(error));
      throw error;
    }
  });
  report(own);
  const { roleArn } = settings.source;
  if (roleArn === undefined) return hasCredentials ? undefined : NO_CREDENTIALS;
  const requirement = `source role ${roleArn}`;
  if (!hasCredentials) {
    report(notChecked(requirement, NO_CREDENTIALS));
    return NO_CREDENTIALS;
  }
  const assumed = await outcome(parts, requirement, signal, async () => {
    const { account, arn } = await aws.sourceIdentity(signal);
    parts.source = arn;
    return `assumed as ${arn} in account ${account}`;
  });
  report(assumed);
  return assumed.outcome === 'met' ? undefined : 'the source role cannot be assumed';
}

async function checkTable(parts: Checking, name: string, report: Report, signal: AbortSignal): Promise<void> {
  const [exists, streams, recovers] = requirementsOf(name);
  const toHeal = healRequirements(parts, name);
  let table: SourceTable | undefined;
  let reason = 'the table could not be read';
  report(
    await outcome(parts, exists, signal, async () => {
      table = await parts.aws.describeTable(name, signal).catch((error: unknown) => {
        if (isTableGone(error)) reason = 'the table was not found';
        throw error;
      });
      parts.keys.set(name, table.keySchema);
      return `${table.status.toLowerCase()}, about ${table.itemCount} items`;
    }),
  );
  if (table === undefined) {
    report(notChecked(streams, reason));
    report(notChecked(recovers, reason));
    for (const requirement of toHeal) report(notChecked(requirement, reason));
    return;
  }
  const stream = streamOf(parts, table, streams);
  report(stream.outcome === 'met' ? await readable(parts, table, stream, signal) : stream);
  const turnOn = awsCommand(parts.aws.cli, turnOnRecovery(name));
  report(
    await outcome(parts, recovers, signal, async () => {
      const { enabled, earliestRestorable } = await parts.aws.describePointInTimeRecovery(name, signal);
      if (!enabled) return notMet(recovers, 'off; needed for the export', turnOn);
      // Only whoever knows when the gap began can say whether that is enough.
      const isOfUse = parts.settings.onGap === 'heal' && earliestRestorable !== undefined;
      return isOfUse ? `on; a heal can reach back to ${instant(earliestRestorable)}` : 'on';
    }),
  );
  const { aws, settings } = parts;
  const source = table;
  const [reads, exports] = toHeal;
  const permitted = async (requirement: string | undefined, tried: () => Promise<void>) => {
    if (requirement === undefined) return;
    const probe = () => tried().then(() => 'permitted; needed to heal a gap');
    report(await outcome(parts, requirement, signal, probe));
  };
  await permitted(reads, () => requireKeyPermission(aws, source, signal));
  await permitted(exports, () => requireExportPermission(aws, source, settings, signal));
}

/** Checks that the stream's records can be read too. */
function readable(
  parts: Checking,
  { stream }: SourceTable,
  line: CheckedRequirement,
  signal: AbortSignal,
): Promise<CheckedRequirement> {
  return outcome(parts, line.requirement, signal, async () => {
    if (stream) await readStreamOnce(parts.aws, stream.arn, signal);
    return line;
  });
}

function streamOf(parts: Checking, { name, stream }: SourceTable, requirement: string): CheckedRequirement {
  const enable = awsCommand(parts.aws.cli, turnOnStream(name));
  if (!stream?.enabled) return notMet(requirement, 'off', enable);
  if (stream.viewType !== undefined && USABLE_VIEW_TYPES.includes(stream.viewType)) {
    return { requirement, outcome: 'met', found: stream.viewType, fix: undefined };
  }
  const disable = awsCommand(parts.aws.cli, turnOffStream(name));
  return notMet(
    requirement,
    `view type is ${stream.viewType ?? 'unknown'}; NEW_IMAGE or NEW_AND_OLD_IMAGES is required. This replaces the stream: ` +
      `other readers must switch.`,
    `${disable}\n${enable}`,
  );
}

async function checkBucket(parts: Checking, report: Report, signal: AbortSignal): Promise<void> {
  const { aws, settings } = parts;
  const { name, prefix } = settings.bucket;
  const key = prefix === undefined ? 'check' : `${prefix}/check`;
  report(
    await outcome(parts, bucketRequirement(settings), signal, async () => {
      const { region } = await aws.headBucket(name, settings.bucketOwner, signal);
      const body = new TextEncoder().encode('written by dynamodb-replicator check\n');
      const probe = { body, kmsKeyId: settings.kmsKeyId };
      const { encryption, versionId } = await aws.putObject(name, key, probe, signal);
      const { bytes } = await aws.getObject(name, key, { offset: 0, ifMatch: undefined }, signal);
      for await (const piece of bytes) void piece;
      const answered = [
        region !== undefined && region !== aws.region && `in ${region}`,
        encryption !== undefined && `encrypted with ${encryption}`,
        versionId !== undefined && 'kept as a version',
      ].filter((one) => one !== false);
      return [`wrote and read s3://${name}/${key}, which stays there`, ...answered].join(', ');
    }),
  );
}

/** The proxies through which AWS was called. Whether they let requests pass shows in the other lines. */
function proxiesOf(routes: readonly Route[]): readonly CheckedRequirement[] {
  const hostsOf = (address: string | undefined) =>
    routes.filter(({ proxy }) => proxy?.address === address).map(({ host }) => host);
  const directly = hostsOf(undefined);
  const without = directly.length === 0 ? '' : `; no proxy for ${directly.join(', ')}`;
  const addresses = new Set(routes.flatMap(({ proxy }) => proxy?.address ?? []));
  return [...addresses].map((address) => ({
    requirement: `proxy ${address}`,
    outcome: 'met',
    found: `used for ${hostsOf(address).join(', ')}${without}`,
    fix: undefined,
  }));
}

/** @param probe returns what it found if the requirement is met, else the whole result; its error means "not met" */
async function outcome(
  parts: Checking,
  requirement: string,
  signal: AbortSignal,
  probe: () => Promise<string | CheckedRequirement>,
): Promise<CheckedRequirement> {
  try {
    const found = await probe();
    return typeof found === 'string' ? { requirement, outcome: 'met', found, fix: undefined } : found;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ReplicatorError) {
      const fix = fixOf(error, parts, parts.settings.bucket.name);
      return notMet(requirement, withoutFix(finalMessage(error), fix), fix);
    }
    throw error;
  }
}

/** The message without its last sentence if that only gives the command, which is printed below it. */
function withoutFix(message: string, fix: string | undefined): string {
  if (fix === undefined || !message.endsWith(`: ${fix}`)) return message;
  const rest = message.slice(0, -fix.length);
  const end = rest.lastIndexOf('. ');
  return end < 0 ? message : rest.slice(0, end + 1);
}

function notMet(requirement: string, found: string, fix: string | undefined): CheckedRequirement {
  return { requirement, outcome: 'not met', found, fix };
}

function notChecked(requirement: string, because: string): CheckedRequirement {
  return { requirement, outcome: 'not checked', found: because, fix: undefined };
}

function requirementsOf(table: string): readonly [string, string, string] {
  return [`table ${table}`, `stream with new images on ${table}`, `point-in-time recovery on ${table}`];
}

/** Only a heal reads keys, and requests exports of the changes without being asked. */
function healRequirements({ settings }: CheckParts, table: string): readonly string[] {
  return settings.onGap === 'heal'
    ? [`key attributes of ${table} readable`, `changes of ${table} exportable`]
    : [];
}

function bucketRequirement({ bucket: { name } }: Settings): string {
  return `bucket ${name} writable`;
}
