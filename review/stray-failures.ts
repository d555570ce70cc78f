// @ts-expect-error Pulumi declares no types for it.
import { leakedPromises } from '@pulumi/pulumi/runtime/debuggable';

/** Pulumi's runner reports a failed output as an unhandled rejection; here it becomes the outcome of the work. */
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
    // Node reports an unhandled rejection one turn after it happens.
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), stray]);
    return finished;
  } catch (error) {
    // Whatever awaits the failed output waits forever; without this call, Pulumi would report that after all tests.
    (leakedPromises as () => unknown)();
    throw error;
  } finally {
    stray.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    process.removeAllListeners('unhandledRejection');
    for (const one of before) process.on('unhandledRejection', one);
  }
}

/** Removes Pulumi's prefix with the property in which the failure occurred. */
function withoutPrefix(error: Error): Error {
  error.message = error.message.replace(/^(error serializing property "[^"]*": )+/, '');
  return error;
}
