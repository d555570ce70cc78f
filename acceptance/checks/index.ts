import type { Check } from '../check';
import { crossRegionCheck } from './cross-region';
import { exportDayChecks } from './export-day';
import { exportPermissionChecks } from './export-permissions';
import { fullExportChecks } from './full-export';
import { incrementalExportChecks } from './incremental-exports';
import { iteratorLifeChecks } from './iterator-life';
import { keyReadChecks } from './key-reads';
import { latestIteratorChecks } from './latest-iterators';
import { manifestTimeCheck } from './manifest-times';
import { recoveryChecks } from './recovery';
import { streamDayChecks } from './stream-day';
import { streamReadChecks } from './stream-reads';
import { streamSwitchingChecks } from './stream-switching';
import { tableStateChecks } from './table-states';
import { timeToLiveChecks } from './time-to-live';
import { uncheckedAssumptions } from './unasked';

/** `E7` before `E10`, and these before checks with a name of their own. */
const byNumber = (one: Check, other: Check): number =>
  one.id.localeCompare(other.id, 'en', { numeric: true });

/** All checks of single assumptions, in the order of their numbers. */
export const CHECKS: readonly Check[] = [
  ...streamReadChecks,
  ...latestIteratorChecks,
  ...iteratorLifeChecks,
  ...streamSwitchingChecks,
  ...recoveryChecks,
  manifestTimeCheck,
  ...exportPermissionChecks,
  ...fullExportChecks,
  ...incrementalExportChecks,
  crossRegionCheck,
  ...tableStateChecks,
  ...keyReadChecks,
  ...streamDayChecks,
  ...exportDayChecks,
  ...timeToLiveChecks,
  ...uncheckedAssumptions,
].sort(byNumber);
