import type { Answer, Check, Mode } from '../../acceptance/check';
import { CHECKS } from '../../acceptance/checks';
import { labFor } from '../../acceptance/lab';
import type { Knobs } from '../../simulator';
import { Laboratory } from './laboratory';

/** Answers by mode and id: `quick E7`. */
export type Answers = ReadonlyMap<string, Answer>;

/** Happens to the simulator while the checks ask it. */
export type Meanwhile = (laboratory: Laboratory) => Promise<void>;

export const checksOfMode = (mode: Mode): readonly Check[] => CHECKS.filter((check) => check.mode === mode);

/** Runs checks at the same time on virtual time. @throws whatever a check throws */
export async function asked(
  checks: readonly Check[],
  knobs: Partial<Knobs> = {},
  { seed = 1, meanwhile }: { readonly seed?: number; readonly meanwhile?: Meanwhile | undefined } = {},
): Promise<Answers> {
  const laboratory = new Laboratory({ knobs, seed });
  await laboratory.open();
  try {
    return await askedIn(laboratory, checks, meanwhile);
  } finally {
    await laboratory.close();
  }
}

async function askedIn(
  laboratory: Laboratory,
  checks: readonly Check[],
  meanwhile: Meanwhile | undefined,
): Promise<Answers> {
  const parts = await laboratory.prepared();
  const answers = checks.map(async (check) => ({ check, answer: await check.run(labFor(check, parts)) }));
  const [found] = await laboratory.run(Promise.all([Promise.all(answers), meanwhile?.(laboratory)]));
  return new Map(found.map(({ check: { mode, id }, answer }) => [`${mode} ${id}`, answer]));
}

/** What differs. */
export const differing = (answers: Answers): readonly string[] =>
  [...answers].flatMap(([name, { verdict }]) => (verdict === 'differs' ? [name] : []));
