import {
  DescribeContinuousBackupsCommand,
  type ExportDescription,
  type PointInTimeRecoveryDescription,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { sentence } from '../../runtime/errors';
import type { Answer, Lab, LabTable } from '../check';
import { until } from '../until';
import { answered, checksOf, type Experiment, notAsked, unanswered } from './experiment';
import { freshTable } from './fresh-table';
import { awaitExport, completedExport, type Incomplete, requestExport } from './exported';
import { refusal } from './waiting';

/** Point-in-time recovery turned on, and the first exports after that. */
export interface Recovery {
  /** Errors other than "not yet" that turning it on was refused with, and how long "not yet" lasted. */
  readonly refusedWith: string | undefined;
  readonly unavailableMs: number | undefined;
  /** Undefined: not within ten minutes. */
  readonly enabledAfterMs: number | undefined;
  readonly recoveryDays: number | undefined;
  readonly latestRestorableLagMs: number | undefined;
  /** The errors of requests; undefined: accepted. */
  readonly exportOfNow: string | undefined;
  readonly sameToken: { readonly error: string | undefined; readonly isSameExport: boolean };
  readonly otherParameters: string | undefined;
  /** How far the manifest's time is from the requested one. */
  readonly manifest: { readonly offMs: number } | Incomplete;
  readonly missingBucket:
    | Pick<ExportDescription, 'ExportStatus' | 'FailureCode' | 'FailureMessage'>
    | undefined;
}

const MINUTE = 60_000;
const ON = { everyMs: 1_000, atMostMs: 10 * MINUTE };
const EXPORT_MS = 60 * MINUTE;
/** Until a time of now is certainly within what can be restored. */
const BEFORE_EXPORT_MS = 70_000;

export const recovery: Experiment<Recovery> = {
  name: 'recovery',
  spends: { exports: 2 },
  observe: async (lab) => {
    const table = await freshTable(lab, 'recovery');
    const on = await turnOn(lab, table);
    await lab.clock.sleep(BEFORE_EXPORT_MS);
    const described = await recoveryOf(lab, table);
    const now = Math.floor((described.date ?? lab.clock.now()) / 1_000) * 1_000;
    const latest = described.recovery?.LatestRestorableDateTime?.getTime();
    const wish = {
      ExportTime: new Date(now),
      ClientToken: `acceptance-${table.name}`,
      S3Prefix: 'recovery',
    };
    let [arn, again] = ['', ''];
    const exportOfNow = await refusal(requestExport(lab, table, wish).then((found) => (arn = found)));
    const sameToken = await refusal(requestExport(lab, table, wish).then((found) => (again = found)));
    const otherParameters = await refusal(requestExport(lab, table, { ...wish, S3Prefix: 'other' }));
    const [manifest, missingBucket] = await Promise.all([
      exportOfNow === undefined
        ? manifestTime(lab, arn, now)
        : { incomplete: `The export was refused with ${exportOfNow}.`, hasFailed: true },
      exportIntoNowhere(lab, table),
    ]);
    return {
      ...on,
      recoveryDays: described.recovery?.RecoveryPeriodInDays,
      latestRestorableLagMs: latest === undefined ? undefined : now - latest,
      exportOfNow,
      sameToken: { error: sameToken, isSameExport: again === arn },
      otherParameters,
      manifest,
      missingBucket,
    };
  },
};

async function turnOn(
  lab: Lab,
  table: LabTable,
): Promise<Pick<Recovery, 'refusedWith' | 'unavailableMs' | 'enabledAfterMs'>> {
  let refusedWith: string | undefined;
  const accepted = await until(lab, ON, async () => {
    const refused = await refusal(
      lab.dynamodb.send(
        new UpdateContinuousBackupsCommand({
          TableName: table.name,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ),
    );
    if (refused !== undefined && refused !== 'ContinuousBackupsUnavailableException') refusedWith = refused;
    return refused === undefined || undefined;
  });
  const enabled = await until(lab, ON, async () => {
    const { recovery: state } = await recoveryOf(lab, table);
    return state?.PointInTimeRecoveryStatus === 'ENABLED' || undefined;
  });
  return { refusedWith, unavailableMs: accepted?.tookMs, enabledAfterMs: enabled?.tookMs };
}

async function recoveryOf(
  lab: Lab,
  table: LabTable,
): Promise<{ recovery: PointInTimeRecoveryDescription | undefined; date: number | undefined }> {
  const output = await lab.dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: table.name }));
  return {
    recovery: output.ContinuousBackupsDescription?.PointInTimeRecoveryDescription,
    date: lab.dateOf(output),
  };
}

async function manifestTime(lab: Lab, arn: string, requested: number): Promise<Recovery['manifest']> {
  const exported = await completedExport(lab, arn, EXPORT_MS);
  if ('incomplete' in exported) return exported;
  return { offMs: Date.parse(String(exported.summary['exportTime'])) - requested };
}

async function exportIntoNowhere(lab: Lab, table: LabTable): Promise<ExportDescription | undefined> {
  const S3Bucket = `${lab.bucket.slice(0, 55)}-missing`;
  let arn = '';
  const refused = await refusal(requestExport(lab, table, { S3Bucket }).then((found) => (arn = found)));
  if (refused !== undefined) return { ExportStatus: undefined, FailureCode: refused };
  return awaitExport(lab, arn, EXPORT_MS);
}

const SOME_TIME_MS = 5 * MINUTE;

/** E14: on some seconds after the request, perhaps refused right after the table was created. */
export function judgeRecovery(seen: Recovery): Answer {
  const { unavailableMs, enabledAfterMs, refusedWith, recoveryDays } = seen;
  return (
    unanswered(refusedWith) ??
    answered(
      {
        refusedForMs: unavailableMs ?? 'ten minutes',
        enabledAfterMs: enabledAfterMs ?? 'never',
        recoveryDays: recoveryDays ?? 'not shown',
      },
      refusedWith !== undefined && `Turning it on was refused with ${refusedWith}.`,
      (unavailableMs ?? Infinity) > SOME_TIME_MS && 'Turning it on was refused for more than five minutes.',
      (enabledAfterMs ?? Infinity) > SOME_TIME_MS && 'It was not on five minutes after the request.',
      recoveryDays !== undefined && recoveryDays < 2 && `It keeps ${recoveryDays} days.`,
    )
  );
}

const OFF = 'Point-in-time recovery was not on ten minutes after the request.';

/** E15: an export may have the present time. */
export function judgeNewestTime({ exportOfNow, latestRestorableLagMs, enabledAfterMs }: Recovery): Answer {
  if (enabledAfterMs === undefined) return notAsked(OFF);
  return (
    unanswered(exportOfNow) ??
    answered(
      {
        latestRestorableLagMs: latestRestorableLagMs ?? 'not shown',
        exportOfNow: exportOfNow ?? 'accepted',
      },
      exportOfNow !== undefined && `An export of the present time was refused with ${exportOfNow}.`,
    )
  );
}

/** E20: the same request finds its export, another one is refused. */
export function judgeToken({ exportOfNow, sameToken, otherParameters }: Recovery): Answer {
  if (exportOfNow !== undefined) return notAsked(`The first export was refused with ${exportOfNow}.`);
  return (
    unanswered(sameToken.error, otherParameters) ??
    answered(
      {
        sameRequest: sameToken.error ?? (sameToken.isSameExport ? 'the same export' : 'another export'),
        otherParameters: otherParameters ?? 'accepted',
      },
      sameToken.error !== undefined && `The same request was refused with ${sameToken.error}.`,
      sameToken.error === undefined && !sameToken.isSameExport && 'The same request started a second export.',
      otherParameters !== 'ExportConflictException' &&
        `The token with other parameters was ${otherParameters === undefined ? 'accepted' : `refused with ${otherParameters}`}.`,
    )
  );
}

/** An export into a bucket that does not exist is accepted, and fails later with a code. */
export function judgeMissingBucket({ missingBucket, enabledAfterMs }: Recovery): Answer {
  if (enabledAfterMs === undefined) return notAsked(OFF);
  if (missingBucket === undefined) return notAsked('The export had not ended after an hour.');
  const { ExportStatus = 'refused', FailureCode = 'none', FailureMessage } = missingBucket;
  const code = FailureMessage === undefined ? FailureCode : `${FailureCode}: ${FailureMessage}`;
  return (
    unanswered(missingBucket.FailureCode) ??
    answered(
      { status: ExportStatus, failureCode: FailureCode },
      (ExportStatus !== 'FAILED' || FailureCode !== 'S3NoSuchBucket') &&
        sentence(`An export into a missing bucket is ${ExportStatus}, with the code ${code}`),
    )
  );
}

export const recoveryChecks = checksOf(recovery, [
  {
    id: 'E14',
    mode: 'quick',
    asks: 'Turns point-in-time recovery on right after the table was created, and measures how long that takes.',
    judge: judgeRecovery,
  },
  {
    id: 'E15',
    mode: 'quick',
    asks: 'Requests an export of the present second.',
    judge: judgeNewestTime,
  },
  {
    id: 'E20',
    mode: 'quick',
    asks: 'Repeats that request with the same token, once unchanged and once with another prefix.',
    judge: judgeToken,
  },
  {
    id: 'missing-bucket',
    mode: 'quick',
    asks: 'Requests an export into a bucket that does not exist.',
    judge: judgeMissingBucket,
  },
]);
