// @ts-expect-error Pulumi declares no types for it.
import { leakedPromises } from '@pulumi/pulumi/runtime/debuggable';

/** An output that fails is told by Pulumi's runner as a stray rejection; here it is the outcome of the work. */
export async function withoutStrayFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  let listener: ((reason: unknown) => void) | undefined;
  const stray = new Promise<never>((_, reject) => {
    listener = (reason) => {
      reject(withoutPrefix(reason instanceof Error ? reason : new Error(String(reason))));
    };
    process.on('unhandledRejection', listener);
  });
  try {
    const finished = await Promise.race([work(), stray]);
    // A rejection is told a turn after it happens.
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), stray]);
    return finished;
  } catch (error) {
    // What waits for the failed output waits for ever; Pulumi would tell so at the end of all tests.
    (leakedPromises as () => unknown)();
    throw error;
  } finally {
    stray.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    process.removeAllListeners('unhandledRejection');
    for (const one of before) process.on('unhandledRejection', one);
  }
}

/** Pulumi writes before the message in which property it met the failure. */
function withoutPrefix(error: Error): Error {
  error.message = error.message.replace(/^(error serializing property "[^"]*": )+/, '');
  return error;
}
