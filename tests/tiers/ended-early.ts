const LOOK_EVERY_MS = 1_000;

/**
 * Calls `end` once and then exits, when this process is interrupted, terminated or loses its parent: npm does not pass on the
 * signals it receives. @param onInterrupt called instead at the first Ctrl-C
 */
export function whenEndedEarly(end: () => Promise<void>, onInterrupt?: () => void): void {
  let ending = false;
  const endWith = (code: number) => {
    if (ending) return;
    ending = true;
    void end().finally(() => process.exit(code));
  };
  process.on('SIGTERM', () => endWith(143));
  if (onInterrupt === undefined) process.on('SIGINT', () => endWith(130));
  else
    process.once('SIGINT', () => {
      onInterrupt();
      process.on('SIGINT', () => endWith(130));
    });
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) endWith(143);
  }, LOOK_EVERY_MS).unref();
}
