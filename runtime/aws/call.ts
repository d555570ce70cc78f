import { linkedController, unlessAborted } from '../abort';
import { classify } from './classify';
import { AwsFault } from './faults';
import type { CallContext, Operation } from './operations';

/** An answer that is complete HTTP but not what the operation answers with: taken for a transient fault (row 8). */
export class UnreadableAnswer extends Error {
  override readonly name: string = 'UnreadableAnswer';
}

/** A complete answer whose content AWS does not give: an emulator's. */
export class ForeignAnswer extends UnreadableAnswer {
  override readonly name = 'ForeignAnswer';
}

/** A stream record that this version cannot apply, whole as it is: no reading again helps (row 33). */
export class UnsupportedRecord extends Error {
  override readonly name = 'UnsupportedRecord';
}

/** A member that every answer of the operation has. @throws UnreadableAnswer without it: an empty 200 must not pass */
export function present<Value>(value: Value | undefined | null, member: string): Value {
  if (value === undefined || value === null) throw new UnreadableAnswer(`The answer has no ${member}.`);
  return value;
}

/** A member of what an answer holds, where AWS's always has it. @throws ForeignAnswer without it */
export function member<Value>(value: Value | undefined | null, name: string): Value {
  if (value === undefined || value === null) throw new ForeignAnswer(`The answer has no ${name}.`);
  return value;
}

/**
 * Runs one call with a deadline and turns whatever it throws into an AwsFault. When `signal` aborts, its reason is thrown
 * at once, even while the SDK pauses between two tries.
 */
export async function callAws<Result>(
  operation: Operation,
  context: CallContext,
  deadlineMs: number,
  signal: AbortSignal | undefined,
  send: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { controller, unlink } = linkedController(signal);
  const timer = setTimeout(() => {
    const late = new Error(`no complete answer within ${deadlineMs} ms`);
    controller.abort(Object.assign(late, { name: 'TimeoutError', code: 'ETIMEDOUT' }));
  }, deadlineMs);
  try {
    return await unlessAborted(controller.signal, () => send(controller.signal));
  } catch (error) {
    throw faultOf(operation, error, context, signal);
  } finally {
    clearTimeout(timer);
    unlink();
  }
}

/** What to throw for an error of the SDK's: the signal's reason after an abort, an AwsFault otherwise. */
export function faultOf(
  operation: Operation,
  error: unknown,
  context: CallContext,
  signal: AbortSignal | undefined,
): AwsFault {
  if (signal?.aborted) return signal.reason as AwsFault;
  // Of the call that the credentials were asked for with.
  if (error instanceof AwsFault) return error;
  return classify(operation, error, context);
}
