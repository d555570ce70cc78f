/** The seed of a random test: SEED, or else its usual seed, so that it is the same everywhere. */
export function seed(usual = 1): number {
  return Number(process.env['SEED'] ?? usual);
}

/** The value of SEED, if set: only that seed is run. */
export function onlySeed(): number | undefined {
  return process.env['SEED'] === undefined ? undefined : seed();
}

/** A number times SIZE, which the soak sets to run more than the tests do. */
export function sized(usual: number): number {
  return Math.ceil(usual * Number(process.env['SIZE'] ?? 1));
}
