const reasons: string[] = [];

/** Skips a test that cannot run here and prints why. With `CI=true` it fails instead. */
export function skipLoudly(context: Mocha.Context, why: string): never {
  if (process.env['CI'] === 'true') throw new Error(`This test must not be skipped with CI=true: ${why}`);
  console.warn(`      SKIPPED: ${why}`);
  reasons.push(why);
  return context.skip();
}

/** Why tests of this process were skipped, in order. */
export function skippedReasons(): readonly string[] {
  return reasons;
}
