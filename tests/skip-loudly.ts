const reasons: string[] = [];

/** For a test that can prove nothing here: it says so, and where everything has to be proven (`CI=true`) it fails. */
export function skipLoudly(context: Mocha.Context, why: string): never {
  if (process.env['CI'] === 'true') throw new Error(`skipped under CI=true: ${why}`);
  console.warn(`      SKIPPED: ${why}`);
  reasons.push(why);
  return context.skip();
}

/** Why tests of this process were skipped, in order. */
export function skippedReasons(): readonly string[] {
  return reasons;
}
