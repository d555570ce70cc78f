import { ServiceError } from '../service-error';
import type { ExportRequest } from './export-request';
import type { ExportContent } from './layout';

const MINUTE = 60_000;
/** Shortest and longest window of an incremental export ("DynamoDB data export to Amazon S3", developer guide). */
const WINDOW = { least: 15 * MINUTE, most: 24 * 60 * MINUTE };

/**
 * What a request exports.
 * @param earliest the earliest time that can be exported, in epoch ms; undefined: recovery is off
 * @param newest the latest one; it is also that of a request that names none
 * @throws ServiceError PointInTimeRecoveryUnavailableException, InvalidExportTimeException
 */
export function exportContent(
  { exportTime, window }: ExportRequest,
  table: { readonly name: string; readonly earliest: number | undefined },
  newest: number,
): ExportContent {
  const { name, earliest } = table;
  if (earliest === undefined) {
    throw new ServiceError(
      'PointInTimeRecoveryUnavailableException',
      `Point in time recovery is not enabled for table '${name}'`,
    );
  }
  const checked = (member: string, time: number): number => {
    if (time > newest) throw invalidTime(`${member} must not be in the future`);
    if (second(time) < second(earliest))
      throw invalidTime(`${member} is before the earliest restorable time of the table`);
    return time;
  };
  if (window === undefined)
    return { type: 'FULL_EXPORT', exportTime: checked('ExportTime', exportTime ?? newest) };
  const from = checked('ExportFromTime', window.from);
  const to = checked('ExportToTime', window.to ?? newest);
  if (to - from < WINDOW.least)
    throw invalidTime('Difference between export period start and end must be at least 15 minutes');
  if (to - from > WINDOW.most)
    throw invalidTime('Difference between export period start and end must be at most 24 hours');
  return { type: 'INCREMENTAL_EXPORT', from, to, view: window.view };
}

const second = (ms: number): number => Math.floor(ms / 1000);

const invalidTime = (message: string): ServiceError =>
  new ServiceError('InvalidExportTimeException', message);
