import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { AssumedRole } from '../runtime/aws/assumed-role';
import { classify } from '../runtime/aws/classify';
import { setClock } from '../runtime/aws/connection';
import { AnsweredClock } from '../runtime/aws/service-clock';
import { makeBucket } from './buckets';
import { type Clients, endingWith, ResponseDates } from './clients';
import { ClockIsOff, NotSignedIn } from './errors';
import type { LabParts } from './lab';
import { nameOf } from './names';
import { permitted } from './refusals';
import { makeRole, type Place, roleArn, untilUsable } from './role';
import { type RunRecord, RunState } from './run-state';
import type { Surroundings } from './surroundings';

/** `Date` headers are whole seconds, and take time to arrive. */
const CLOCK_TOLERANCE_MS = 2_000;
const ASSUME_DEADLINE_MS = 60_000;

/** A caller's clients, and where they are. */
export interface Caller {
  readonly place: Place;
  readonly clients: Clients;
  readonly dates: ResponseDates;
}

/**
 * Opens the caller's clients for the run with this suffix, and compares the clocks.
 * @throws ClockIsOff, NotSignedIn
 */
export async function signIn(
  { region, connect, clock }: Surroundings,
  suffix: string,
  signal: AbortSignal,
): Promise<Caller> {
  const clients = endingWith(connect(), signal);
  const dates = new ResponseDates();
  dates.listenTo(clients);
  const identity = await clients.sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new NotSignedIn(classify('GetCallerIdentity', error, { region }));
  });
  const date = dates.of(identity);
  if (date !== undefined) {
    // The middle of the second that the header names.
    const offMs = clock.now() - (date + 500);
    if (Math.abs(offMs) > CLOCK_TOLERANCE_MS) throw new ClockIsOff(offMs);
  }
  const { Account: account = '', Arn: arn = '' } = identity;
  return { place: { suffix, region, account, partition: arn.split(':')[1] ?? 'aws' }, clients, dates };
}

/**
 * Makes what all checks share, or finds it: bucket, state, role.
 * @param record of a new run; undefined to resume one
 * @throws ActionRefused, NotReady, UnknownRun
 */
export async function setUp(
  { place, clients, dates }: Caller,
  surroundings: Surroundings,
  {
    record,
    signal,
    log,
  }: { readonly record: RunRecord | undefined; readonly signal: AbortSignal; log(line: string): void },
): Promise<LabParts> {
  const { clock, connect, replicator } = surroundings;
  const bucket = nameOf(place.suffix);
  if (record !== undefined) await makeBucket(clients.s3, { name: bucket, ...place });
  const state =
    record === undefined
      ? await permitted('s3:GetObject', () => RunState.resume(clients.s3, bucket, place.suffix, place.region))
      : await permitted('s3:PutObject', () => RunState.begin(clients.s3, bucket, record));
  await permitted('iam:CreateRole', () => makeRole(clients.iam, place));
  log(`bucket and role ${bucket} are made; waiting until the role can be used`);
  const serviceClock = new AnsweredClock(clock);
  setClock(clients.sts.middlewareStack, serviceClock);
  const assumed = new AssumedRole({
    role: { roleArn: roleArn(place) },
    sts: clients.sts,
    clock,
    serviceClock,
    context: { region: place.region },
    deadlineMs: ASSUME_DEADLINE_MS,
  });
  const asReplicator = endingWith(
    connect((options) => assumed.credentials(options)),
    signal,
  );
  dates.listenTo(asReplicator);
  await untilUsable(asReplicator.dynamodb, place, {
    now: () => clock.now(),
    sleep: (ms) => clock.sleep(ms, signal),
  });
  return { place, clients, asReplicator, dates, state, clock, replicator, signal, log };
}
