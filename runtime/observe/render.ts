import { bytes, count, counted, duration, tableOf } from './figures';
import { hoursUntilLoss, type PipelineStatus } from './status';

/** The state from which the progress lines are made. */
export interface ProgressState {
  readonly pipelines: readonly PipelineStatus[];
  /** AWS's time in epoch ms; undefined before its first response. */
  readonly now: number | undefined;
  /** AWS is simulated and its clock runs fast: rates and the time left mean nothing to a person. */
  readonly isFast?: boolean | undefined;
}

const BAR = 24;
/** Below this number of hours a warning appears: somebody has to act within the day. */
const WARN_HOURS = 12;

/** One line per pipeline, none longer than `width` columns. */
export function render(state: ProgressState, width: number): string[] {
  const names = state.pipelines.map((status) => tableOf(status.pipeline));
  const longest = Math.min(24, Math.max(0, ...names.map((name) => name.length)));
  return state.pipelines.map((status, index) =>
    cut(`${cut(names[index] as string, longest).padEnd(longest)}  ${describe(status, state)}`, width),
  );
}

/** A pipeline's line without its name. */
export function describe(status: PipelineStatus, state: Pick<ProgressState, 'now' | 'isFast'>): string {
  if (status.error) {
    const [first] = status.error.message.split('\n');
    return status.error.againMs === undefined ? `stopped: ${first}` : `waiting: ${first}`;
  }
  if (status.stopped) return 'stopped';
  const doing = `${workOf(status)}${activity(status, state)}`;
  return status.verifying === undefined ? doing : `${doing}  (verify: ${status.verifying})`;
}

function workOf({ follows, healing, phase }: PipelineStatus): string {
  if (healing !== undefined) return 'healing: ';
  return follows && phase !== 'stream' ? 'following, and a resync: ' : '';
}

function activity(
  status: PipelineStatus,
  { now, isFast = false }: Pick<ProgressState, 'now' | 'isFast'>,
): string {
  if (status.destinationUnreachable !== undefined)
    return `waiting for the destination: ${status.destinationUnreachable}`;
  if (status.keysReread !== undefined && status.phase === 'load')
    return `reading keys again  ${counted(status.keysReread, 'key')} so far`;
  if (status.load && status.phase === 'load') return loading(status.load, isFast);
  if (status.exporting && status.phase !== 'stream')
    return `exporting  for ${duration(status.exporting.elapsedMs)}`;
  if (status.waiting && status.phase !== 'stream') return waiting(status.waiting, isFast ? undefined : now);
  switch (status.phase) {
    case 'load':
      return status.healing === undefined ? 'loading' : 'staging';
    case 'export':
      return 'exporting';
    case 'publish':
      return 'publishing';
    case 'stream':
      return following(status, now);
    case 'start':
    case 'starting':
      return 'starting';
  }
}

function loading(load: NonNullable<PipelineStatus['load']>, isFast: boolean): string {
  const share = load.itemsTotal === 0 ? 1 : Math.min(1, load.items / load.itemsTotal);
  const filled = Math.floor(share * BAR);
  const seconds = load.elapsedMs / 1000;
  const left = share > 0 && share < 1 ? (load.elapsedMs * (1 - share)) / share : undefined;
  const [verb, unit] = load.role === 'lines' ? ['staging', 'exported changes'] : ['loading', 'rows'];
  const parts = [
    `${verb}  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`,
    `${count(load.items)} of ${count(load.itemsTotal)} ${unit}`,
  ];
  if (isFast) return parts.join('  ');
  if (seconds > 0 && load.bytes > 0) parts.push(`${bytes(load.bytes / seconds)}/s`);
  if (left !== undefined) parts.push(`${duration(left)} left`);
  return parts.join('  ');
}

function following(status: PipelineStatus, now: number | undefined): string {
  const parts = ['following'];
  if (status.waiting) parts[0] += `, waiting: ${status.waiting.reason}`;
  if (status.rowsPublished !== undefined) parts.push(`${counted(status.rowsPublished, 'row')} loaded`);
  parts.push(counted(status.changes, 'change'));
  if (status.lagMs !== undefined) parts.push(`lag ${duration(status.lagMs)}`);
  if (status.deadLetters > 0) parts.push(counted(status.deadLetters, 'dead letter'));
  if (status.watermark !== undefined && now !== undefined) {
    const hours = hoursUntilLoss(status.watermark, now);
    if (hours <= 0) parts.push('stream data may be lost');
    else if (hours < WARN_HOURS) parts.push(`${hours.toFixed(1)} h until stream data is lost`);
  }
  return parts.join('  ');
}

function waiting({ reason, until }: NonNullable<PipelineStatus['waiting']>, now: number | undefined): string {
  const left =
    until !== undefined && now !== undefined && until > now ? `  ${duration(until - now)} left` : '';
  return `${/^(waiting|listing) /.test(reason) ? '' : 'waiting: '}${reason}${left}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
