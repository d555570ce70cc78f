/** The seed of a random test: the one that SEED names, otherwise its usual one, so that it is the same everywhere. */
export function seed(usual = 1): number {
  return Number(process.env['SEED'] ?? usual);
}

/** The seed that SEED names, if any: it is to be run alone. */
export function onlySeed(): number | undefined {
  return process.env['SEED'] === undefined ? undefined : seed();
}

/** So many of something, times SIZE: the soak has more of it than the tests have. */
export function sized(usual: number): number {
  return Math.ceil(usual * Number(process.env['SIZE'] ?? 1));
}
