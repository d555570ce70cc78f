import { linkedController, unlessAborted } from '../abort';
import { classify } from './classify';
import { AwsFault } from './faults';
import type { CallContext, Operation } from './operations';

/** A complete HTTP response that is not one of the operation. It counts as a transient fault (row 8). */
export class UnreadableAnswer extends Error {
  override readonly name: string = 'UnreadableAnswer';
}

/** A complete response whose content AWS would not send, probably from an emulator. */
export class ForeignAnswer extends UnreadableAnswer {
  override readonly name = 'ForeignAnswer';
}

/** An intact stream record that this version cannot apply, so that reading it again does not help (row 33). */
export class UnsupportedRecord extends Error {
  override readonly name = 'UnsupportedRecord';
}

/** A member that every response of the operation has. @throws UnreadableAnswer without it, as an empty 200 must not pass */
export function present<Value>(value: Value | undefined | null, member: string): Value {
  if (value === undefined || value === null) throw new UnreadableAnswer(`The response has no ${member}.`);
  return value;
}

/** A member inside a response that AWS always sends. @throws ForeignAnswer without it */
export function member<Value>(value: Value | undefined | null, name: string): Value {
  if (value === undefined || value === null) throw new ForeignAnswer(`The response has no ${name}.`);
  return value;
}

/**
 * Runs one call with a deadline and turns its errors into an AwsFault. When `signal` aborts, it throws the signal's reason at
 * once, even while the SDK pauses between two tries.
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
    const late = new Error(`no complete response within ${deadlineMs} ms`);
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

/** The error to throw for an error of the SDK: the signal's reason after an abort, an AwsFault otherwise. */
export function faultOf(
  operation: Operation,
  error: unknown,
  context: CallContext,
  signal: AbortSignal | undefined,
): AwsFault {
  if (signal?.aborted) return signal.reason as AwsFault;
  // It comes from the call that fetched the credentials.
  if (error instanceof AwsFault) return error;
  return classify(operation, error, context);
}
