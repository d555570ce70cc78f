import type { Answer, Check, Lab, Spending } from '../check';
import { isNoAnswer } from '../refusals';

/** What is done once a run, and answers several checks. */
export interface Experiment<Observed> {
  readonly name: string;
  /** Default: nothing. */
  readonly spends?: Spending;
  /** @throws whatever AWS throws */
  observe(lab: Lab): Promise<Observed>;
}

/** A check of an experiment: what it makes of the observations. */
export interface Judgement<Observed> extends Pick<Check, 'id' | 'mode' | 'asks'> {
  judge(observed: Observed): Answer;
}

/** The experiments of each run, by name: all checks of a run share its clients. */
const begun = new WeakMap<object, Map<string, Promise<unknown>>>();

/** The observations of an experiment, which begins if no check of the run has begun it. */
export function shared<Observed>(lab: Lab, { name, observe }: Experiment<Observed>): Promise<Observed> {
  const ofRun = begun.get(lab.dynamodb) ?? new Map<string, Promise<unknown>>();
  begun.set(lab.dynamodb, ofRun);
  const earlier = ofRun.get(name) as Promise<Observed> | undefined;
  if (earlier !== undefined) return earlier;
  const observing = observe(lab);
  ofRun.set(name, observing);
  return observing;
}

export const NOTHING: Required<Spending> = { exports: 0, incrementalExports: 0, streamReads: 0 };

/** The checks that one experiment answers; whichever runs first begins it. What it spends is that of the first. */
export const checksOf = <Observed>(
  experiment: Experiment<Observed>,
  judgements: readonly Judgement<Observed>[],
): readonly Check[] =>
  judgements.map(({ id, mode, asks, judge }, index) => ({
    id,
    mode,
    asks,
    spends: index === 0 ? { ...NOTHING, ...experiment.spends } : NOTHING,
    run: async (lab) => judge(await shared(lab, experiment)),
  }));

/** `differs` for the first reason that applies, `holds` without any. */
export function answered(
  observed: Answer['observed'],
  ...reasons: readonly (string | false | undefined)[]
): Answer {
  const because = reasons.find((reason): reason is string => typeof reason === 'string');
  return because === undefined ? { verdict: 'holds', observed } : { verdict: 'differs', observed, because };
}

/** An answer that would hold only because nothing was observed is `not asked`. @param lacks why; false with observations */
export const supported = (lacks: string | false, answer: Answer): Answer =>
  lacks === false || answer.verdict !== 'holds' ? answer : notAsked(lacks, answer.observed);

/** `not asked` if AWS refused to answer one of these requests. @param errors names of errors; undefined: accepted */
export function unanswered(...errors: readonly (string | undefined)[]): Answer | undefined {
  const error = errors.find((name) => name !== undefined && isNoAnswer(name));
  return error === undefined ? undefined : notAsked(`AWS refused to answer, with ${error}.`);
}

/** With which DynamoDB denies a request. */
export const DENIED = 'AccessDeniedException';

/** As `unanswered`, where a denial is an answer. */
export const unansweredButDenials = (errors: readonly (string | undefined)[]): Answer | undefined =>
  unanswered(...errors.filter((error) => error !== DENIED));

/** A check that makes no calls. */
export const unasked = (id: string, because: string): Check => ({
  id,
  mode: 'quick',
  asks: 'Nothing.',
  spends: NOTHING,
  neverAsked: because,
  run: () => Promise.resolve(notAsked(because)),
});

export const notAsked = (because: string, observed: Answer['observed'] = {}): Answer => ({
  verdict: 'not asked',
  observed,
  because,
});
