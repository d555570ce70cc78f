import { counted, dollars } from '../cost/figures';
import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { linkedController } from '../runtime/abort';
import { duration } from '../runtime/observe/figures';
import { EXIT, type ExitCode, WrongUse } from '../runtime/verbs/exit-codes';
import type { Terminal } from '../runtime/verbs/terminal';
import { version } from '../runtime/version';
import { readAssumptions } from './assumptions';
import type { Check, Mode } from './check';
import { runChecks } from './checking';
import { otherRegion } from './buckets';
import { cleanUp, LONGEST_CLEANUP_MS } from './cleanup';
import { endingWith } from './clients';
import { TimeIsUp, UnknownRun } from './errors';
import type { LabParts } from './lab';
import { chosen, limitText, MODES } from './modes';
import { awayNameOf, nameOf, newSuffix } from './names';
import type { RunOptions } from './options';
import { type Answered, countOf, type Report, reportOf } from './report';
import { reportFiles, requireWritable, writeReport } from './report-files';
import type { RunRecord } from './run-state';
import { setUp, signIn } from './set-up';
import { costOf } from './spending';
import type { Surroundings } from './surroundings';

/** What a run is given. */
export interface RunParts {
  readonly surroundings: Surroundings;
  readonly terminal: Terminal;
  /** All checks there are. */
  readonly checks: readonly Check[];
}

const SEEDS = 2 ** 31;
/** For what follows the cleanup. */
const END_MS = 60_000;

/** `npm run acceptance` with these flags. */
const commandOf = (flag: string, suffix: string, region: string): string =>
  `npm run acceptance -- --${flag} ${suffix} --region ${region}`;

/**
 * Asks AWS, reports, and cleans up. A longer run that is stopped is kept instead, to be resumed.
 * @throws WrongUse when there is no terminal to ask on, what `setUp` throws, CleanupIncomplete
 */
export async function accept(
  options: RunOptions,
  { surroundings, terminal, checks }: RunParts,
): Promise<ExitCode> {
  const { clock, region, random } = surroundings;
  const suffix = options.resume ?? newSuffix(random);
  const say = (line: string): void => void terminal.errors.write(`${line}\n`);
  requireWritable(options.report);
  const { mode: newMode } = options;
  if (newMode !== undefined) {
    say(announcement(chosen(checks, newMode, options.only), newMode, suffix, region));
    if (!(await agrees(options, terminal))) return EXIT.cutShort;
  }
  terminal.endWithin(LONGEST_CLEANUP_MS + END_MS, EXIT.failed);
  const begunAt = clock.now();
  const record: RunRecord | undefined =
    newMode === undefined
      ? undefined
      : { mode: newMode, only: options.only, seed: Math.floor(random() * SEEDS), begunAt };
  const log = (line: string): void => say(`${duration(clock.now() - begunAt)} ${line}`);
  const { controller, unlink } = linkedController(terminal.interrupted);
  let isSignedIn = false;
  let prepared: LabParts | undefined;
  let code: ExitCode = EXIT.failed;
  let failure: unknown;
  try {
    const caller = await signIn(surroundings, suffix, controller.signal);
    isSignedIn = true;
    const lab = await setUp(caller, surroundings, { record, signal: controller.signal, log });
    prepared = lab;
    const { mode, only } = lab.state.record;
    const answers = await withinLimit(lab, controller, () => runChecks(chosen(checks, mode, only), lab));
    const report = composed(lab, { checks, answers });
    if (terminal.interrupted.aborted && answers.every(([, { verdict }]) => verdict === 'not asked'))
      say('The run was stopped before there was an answer, so no report was written.');
    else {
      writeReport(options.report, report);
      say(summary(report, options.report));
    }
    code = codeOf(answers);
  } catch (error) {
    failure = terminal.interrupted.aborted ? undefined : error;
  } finally {
    unlink();
    controller.abort(new Error('The run has ended.'));
  }
  const isStopped = terminal.interrupted.aborted;
  // A run that cannot be resumed now may be later.
  const isKept =
    prepared === undefined ? record === undefined : isStopped && MODES[prepared.state.record.mode].isKept;
  if ((!isSignedIn && failure !== undefined) || failure instanceof UnknownRun) throw failure;
  if (!isSignedIn && record !== undefined) say('Nothing was created.');
  else if (isKept)
    say(
      `Everything is kept. To go on, within the run’s time: ${commandOf('resume', suffix, region)}\n` +
        `To delete it: ${commandOf('cleanup', suffix, region)}`,
    );
  else
    await removeAll(suffix, { surroundings, terminal }).catch((error: unknown) => {
      if (failure instanceof Error) say(failure.message);
      throw error;
    });
  if (failure !== undefined) throw failure;
  if (isStopped) return EXIT.cutShort;
  return code;
}

/** Fine if something was asked, all of it holds, and no check failed. */
function codeOf(answers: readonly Answered[]): ExitCode {
  const verdicts = answers.map(([, { verdict }]) => verdict);
  const isFine =
    verdicts.includes('holds') &&
    !verdicts.includes('differs') &&
    !answers.some(([, { hasFailed }]) => hasFailed);
  return isFine ? EXIT.fine : EXIT.failed;
}

/** Deletes everything that a run made, and says what. @throws CleanupIncomplete */
export async function removeAll(
  suffix: string,
  { surroundings, terminal }: Pick<RunParts, 'surroundings' | 'terminal'>,
): Promise<void> {
  const { clock, region, connect } = surroundings;
  const say = (line: string): void => void terminal.errors.write(`${line}\n`);
  const command = commandOf('cleanup', suffix, region);
  say(`Deleting everything named ${nameOf(suffix)}. If this is interrupted, run: ${command}`);
  const controller = new AbortController();
  const limit = new TimeIsUp('The cleanup', LONGEST_CLEANUP_MS);
  const ended = new AbortController();
  clock.sleep(LONGEST_CLEANUP_MS, ended.signal).then(
    () => controller.abort(limit),
    () => undefined,
  );
  try {
    const time = {
      now: () => clock.now(),
      sleep: (ms: number) => clock.sleep(ms, controller.signal),
    };
    const deleted = await cleanUp(endingWith(connect(), controller.signal), suffix, { time, command });
    for (const what of deleted) say(`Deleted ${what}.`);
    if (deleted.length === 0) say('There was nothing to delete.');
  } finally {
    ended.abort(new Error('The cleanup has ended.'));
  }
}

/** Aborts when the mode's time is over. What has been answered until then counts. */
async function withinLimit<Result>(
  { clock, state: { record } }: LabParts,
  controller: AbortController,
  work: () => Promise<Result>,
): Promise<Result> {
  const { longestMs } = MODES[record.mode];
  const leftMs = Math.max(0, record.begunAt + longestMs - clock.now());
  const ended = new AbortController();
  clock.sleep(leftMs, ended.signal).then(
    () => controller.abort(new TimeIsUp('The run', longestMs)),
    () => undefined,
  );
  try {
    return await work();
  } finally {
    ended.abort(new Error('The run has ended.'));
  }
}

async function agrees({ yes }: RunOptions, terminal: Terminal): Promise<boolean> {
  if (yes) return true;
  const answer = await terminal.ask('Begin?');
  if (answer === undefined)
    throw new WrongUse('Not a terminal, so cannot ask. Accept the cost with --yes. Nothing was created.');
  if (!answer) terminal.errors.write('Nothing was created.\n');
  return answer;
}

function announcement(checks: readonly Check[], mode: Mode, suffix: string, region: string): string {
  const name = nameOf(suffix);
  return [
    `This run asks AWS with ${counted(checks.filter(({ neverAsked }) => neverAsked === undefined).length, 'check')}, in ${region}.`,
    `It creates, in the account of your credentials: the bucket ${name}, a role of the same name, small on-demand tables named ${name}-…, and for the check cross-region the bucket ${awayNameOf(suffix)} in ${otherRegion(region)}.`,
    `It touches nothing else, and deletes all of this at its end.`,
    `It takes at most ${limitText(MODES[mode].longestMs)} and costs at most ${dollars(costOf(checks))}, plus cents for requests (list prices of ${PRICES_REGION}, ${PRICES_AS_OF}).`,
    MODES[mode].isKept
      ? 'Ctrl-C stops it, and it can be resumed.'
      : 'Ctrl-C stops it, and deletes everything.',
  ].join('\n');
}

function composed(
  { place, state }: LabParts,
  { checks, answers }: { readonly checks: readonly Check[]; readonly answers: readonly Answered[] },
): Report {
  const { mode, begunAt } = state.record;
  return reportOf({
    begunAt,
    region: place.region,
    mode,
    version: version(),
    assumptions: readAssumptions(),
    checks,
    answers,
    secrets: place,
  });
}

function summary(report: Report, folder: string): string {
  const differing = [
    ...report.assumptions.map(({ number, verdict }) => ({ name: number, verdict })),
    ...report.others,
  ].filter(({ verdict }) => verdict === 'differs');
  const names = differing.length === 0 ? '' : ` (${differing.map(({ name }) => name).join(', ')})`;
  return (
    `${countOf(report, 'holds')} hold, ${differing.length} differ${names}, ${countOf(report, 'not asked')} were not asked. ` +
    `The report: ${reportFiles(folder).join(' and ')}.`
  );
}
