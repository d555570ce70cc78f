import { CREDENTIALS, THROTTLES } from '../runtime/aws/fault-table';
import { ActionRefused } from './errors';

const REFUSALS = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Forbidden']);

/** Whether AWS refused it for lack of a permission. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && (REFUSALS.has(error.name) || error.name === '403');
}

const UNANSWERED = new Set([...REFUSALS, ...THROTTLES, ...CREDENTIALS]);

/** Whether an error of this name says nothing about what was asked: the caller may not ask, or asks too much. */
export const isNoAnswer = (name: string): boolean => UNANSWERED.has(name);

/** The action that AWS's message names: `iam:CreateRole`. */
export function refusedAction({ message }: Error): string | undefined {
  return /\bperform: ([a-z0-9-]+:\w+)/.exec(message)?.[1];
}

/** Makes the call. @param action what it needs, for the error if AWS does not name it @throws ActionRefused, or what AWS throws */
export async function permitted<Result>(action: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new ActionRefused(refusedAction(error as Error) ?? action, { cause: error });
  }
}
