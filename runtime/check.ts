import { awsCommand, turnOffStream, turnOnRecovery, turnOnStream } from './aws/cli-command';
import { needsSignIn } from './aws/classify';
import { AwsFault } from './aws/faults';
import type { Route } from './aws/request-handler';
import type { AwsServices, SourceTable } from './aws/services';
import { fixOf } from './check-fix';
import type { Settings } from './config';
import type { DestinationRequirement } from './destinations/destination';
import { finalMessage, ReplicatorError } from './errors';
import { readStreamOnce, USABLE_VIEW_TYPES } from './pipeline/source';

/** One requirement of a run, looked at. */
export interface CheckedRequirement {
  readonly requirement: string;
  /** `not checked`: something it depends on failed. */
  readonly outcome: 'met' | 'not met' | 'not checked';
  /** What was found. */
  readonly found: string;
  /** The command that mends it, where there is one. */
  readonly fix: string | undefined;
}

export interface CheckParts {
  readonly settings: Settings;
  /** Has to answer: without endless retries. */
  readonly aws: AwsServices;
  /** How the hosts of AWS were reached that have been called so far. */
  readonly routes: () => readonly Route[];
  /** Looks at what the destination needs. @throws ReplicatorError */
  readonly destination: () => Promise<readonly DestinationRequirement[]>;
}

/** The same, and who calls and who reads the tables, once that is known. */
type Checking = CheckParts & { caller?: string; source?: string };

type Report = (line: CheckedRequirement) => void;

/**
 * Looks at everything a run needs and changes nothing, but for the one object `PREFIX/check` that shows that the bucket
 * can be written to. Every requirement is looked at, whatever the others gave; each is told as soon as it is known.
 */
export async function check(given: CheckParts, report: Report, signal: AbortSignal): Promise<boolean> {
  const parts: Checking = { ...given };
  let met = true;
  const record: Report = (line) => {
    met &&= line.outcome === 'met';
    report(line);
  };
  const lacking = await checkCredentials(parts, record, signal);
  for (const { name } of parts.settings.tables) {
    if (lacking === undefined) await checkTable(parts, name, record, signal);
    else for (const requirement of requirementsOf(name)) record(notChecked(requirement, lacking));
  }
  if (lacking === undefined) await checkBucket(parts, record, signal);
  else record(notChecked(bucketRequirement(parts.settings), lacking));
  for (const line of proxiesOf(parts.routes())) record(line);
  for (const { requirement, met: isMet, found, fix } of await parts.destination()) {
    record({ requirement, outcome: isMet ? 'met' : 'not met', found, fix });
  }
  return met;
}

const NO_CREDENTIALS = 'there are no credentials';

/** Returns why it makes no sense to ask AWS anything else; `undefined`: it does. */
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
      // STS may be out of reach, as in a network that has no endpoint of it, while the tables are not.
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
  let table: SourceTable | undefined;
  report(
    await outcome(parts, exists, signal, async () => {
      table = await parts.aws.describeTable(name, signal);
      return `${table.status.toLowerCase()}, about ${table.itemCount} items`;
    }),
  );
  if (table === undefined) {
    report(notChecked(streams, 'the table was not found'));
    report(notChecked(recovers, 'the table was not found'));
    return;
  }
  const stream = streamOf(parts, table, streams);
  report(stream.outcome === 'met' ? await readable(parts, table, stream, signal) : stream);
  const turnOn = awsCommand(parts.aws.cli, turnOnRecovery(name));
  report(
    await outcome(parts, recovers, signal, async () => {
      const { enabled } = await parts.aws.describePointInTimeRecovery(name, signal);
      return enabled ? 'on' : notMet(recovers, 'off; the backfill is an export from it', turnOn);
    }),
  );
}

/** The stream can be read too, not only seen. */
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
    `its view type is ${stream.viewType ?? 'unknown'}, whose records lack the new item; it can only be changed by a new ` +
      `stream, to which other readers have to follow`,
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
      return [`wrote s3://${name}/${key}`, ...answered].join(', ');
    }),
  );
}

/** Through which proxies AWS was reached; whether they let requests pass is in the other lines. */
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

/** `look` returns what it found where the requirement is met, otherwise the whole line, or throws. */
async function outcome(
  parts: Checking,
  requirement: string,
  signal: AbortSignal,
  look: () => Promise<string | CheckedRequirement>,
): Promise<CheckedRequirement> {
  try {
    const found = await look();
    return typeof found === 'string' ? { requirement, outcome: 'met', found, fix: undefined } : found;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ReplicatorError) {
      return notMet(requirement, finalMessage(error), fixOf(error, parts, parts.settings.bucket.name));
    }
    throw error;
  }
}

function notMet(requirement: string, found: string, fix: string | undefined): CheckedRequirement {
  return { requirement, outcome: 'not met', found, fix };
}

function notChecked(requirement: string, because: string): CheckedRequirement {
  return { requirement, outcome: 'not checked', found: because, fix: undefined };
}

function requirementsOf(table: string): readonly [string, string, string] {
  return [
    `table ${table}`,
    `stream of ${table} on, with new images`,
    `point-in-time recovery of ${table} on`,
  ];
}

function bucketRequirement({ bucket: { name } }: Settings): string {
  return `bucket ${name} writable`;
}
