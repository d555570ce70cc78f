import type { Assumption } from './assumptions';
import type { Answer, Check, Mode, Verdict } from './check';
import { scrub, type Secrets } from './scrub';

/** What a check asked and found. */
export interface CheckReport extends Answer {
  readonly mode: Mode;
  readonly asks: string;
}

export interface AssumptionReport {
  readonly number: string;
  readonly statement: string;
  readonly verdict: Verdict;
  /** Why no check asked. */
  readonly because?: string;
  readonly checks: readonly CheckReport[];
}

/** A check that belongs to no single assumption. */
export interface OtherReport extends CheckReport {
  readonly name: string;
}

/** A run's result, without anything that identifies its account. The order never varies, so that two reports can be compared. */
export interface Report {
  readonly format: 1;
  /** Day on which the run began, UTC. */
  readonly date: string;
  readonly region: string;
  readonly mode: Mode;
  /** The package's. */
  readonly version: string;
  readonly assumptions: readonly AssumptionReport[];
  readonly others: readonly OtherReport[];
}

/** A check of this run and its answer. */
export type Answered = readonly [Check, Answer];

export interface ReportParts {
  /** Epoch ms. */
  readonly begunAt: number;
  readonly region: string;
  readonly mode: Mode;
  readonly version: string;
  readonly assumptions: readonly Assumption[];
  /** All checks there are, also those that were not run. */
  readonly checks: readonly Check[];
  readonly answers: readonly Answered[];
  readonly secrets: Secrets;
}

const ORDER: readonly Mode[] = ['quick', 'long', 'ttl'];

/** Composes the report. Pure. */
export function reportOf(parts: ReportParts): Report {
  const { begunAt, region, mode, version, assumptions, checks, answers, secrets } = parts;
  const answerOf = new Map(answers);
  const numbers = new Set(assumptions.map(({ number }) => number));
  const reported = [...checks].sort((a, b) => ORDER.indexOf(a.mode) - ORDER.indexOf(b.mode));
  const report: Report = {
    format: 1,
    date: new Date(begunAt).toISOString().slice(0, 10),
    region,
    mode,
    version,
    assumptions: assumptions.map(({ number, statement }) => {
      const own = reported.filter(({ id }) => id === number).map((check) => checkReport(check, answerOf));
      return { number, statement, ...overall(own), checks: own };
    }),
    others: reported
      .filter(({ id }) => !numbers.has(id))
      .map((check) => ({ name: check.id, ...checkReport(check, answerOf) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
  return scrub(report, secrets);
}

function checkReport(check: Check, answers: ReadonlyMap<Check, Answer>): CheckReport {
  const { mode, asks } = check;
  const answer: Answer = answers.get(check) ?? {
    verdict: 'not asked',
    because: check.neverAsked ?? `This run did not ask; ${howToAsk(check)} does.`,
    observed: {},
  };
  const { verdict, because, observed } = answer;
  return { mode, asks, verdict, ...(because !== undefined && { because }), observed };
}

/** The command that runs a check. */
const howToAsk = ({ mode, id }: Check): string => `\`npm run acceptance -- --${mode} --only ${id}\``;

/** An assumption differs if one of its checks says so, and holds if one says so and none the opposite. */
function overall(checks: readonly CheckReport[]): Pick<AssumptionReport, 'verdict' | 'because'> {
  const verdicts = checks.map(({ verdict }) => verdict);
  if (verdicts.includes('differs')) return { verdict: 'differs' };
  if (verdicts.includes('holds')) return { verdict: 'holds' };
  return checks.length === 0
    ? { verdict: 'not asked', because: 'No check asks it.' }
    : { verdict: 'not asked' };
}

/** How many of everything that the report lists have this verdict. */
export function countOf({ assumptions, others }: Report, wanted: Verdict): number {
  return [...assumptions, ...others].filter(({ verdict }) => verdict === wanted).length;
}
