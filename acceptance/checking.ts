import type { Answer, Check } from './check';
import { ActionRefused } from './errors';
import { labFor, type LabParts } from './lab';
import { isRefusal, refusedAction } from './refusals';
import type { Answered } from './report';

/** Between the begins of two checks, so that their first calls do not come at once. */
const STAGGER_MS = 2_000;

/**
 * Runs the checks at the same time, each with tables of its own, and stores each answer as it comes. What an earlier process of the run
 * has answered is not asked again. What fails, or has no answer yet when the signal aborts, is `not asked`, and is not stored.
 */
export async function runChecks(checks: readonly Check[], parts: LabParts): Promise<readonly Answered[]> {
  const { clock, state, signal, log } = parts;
  let left = checks.length;
  const run = async (check: Check, index: number): Promise<Answered> => {
    let answer: Answer;
    try {
      const stored = await state.answerOf(check);
      if (stored !== undefined) return [check, stored];
      await clock.sleep(index * STAGGER_MS, signal);
      answer = await check.run(labFor(check, parts));
    } catch (error) {
      answer = signal.aborted ? notAsked((signal.reason as Error).message) : withoutAnswer(error);
    }
    left -= 1;
    const because = answer.because === undefined ? '.' : `: ${answer.because}`;
    log(`${check.id} (${check.mode}) ${answer.verdict}${because} ${left} to go.`);
    if (!signal.aborted && !answer.hasFailed)
      await state.keep(check, answer).catch((error: Error) => {
        log(
          `${check.id}: the answer could not be stored, so a resumed run would ask again: ${error.message}`,
        );
      });
    return [check, answer];
  };
  return Promise.all(checks.map(run));
}

const notAsked = (because: string): Answer => ({ verdict: 'not asked', because, observed: {} });

function withoutAnswer(error: unknown): Answer {
  const { name, message } = error as Error;
  if (error instanceof ActionRefused) return mayNot(error.action);
  if (!isRefusal(error)) return { ...notAsked(`It failed: ${name}: ${message}`), hasFailed: true };
  const action = refusedAction(error as Error);
  return action === undefined ? notAsked(`AWS refused it: ${message}`) : mayNot(action);
}

const mayNot = (action: string): Answer => notAsked(`The credentials may not call ${action}.`);
