/**
 * `quick`: what `npm test` runs. `full`: every spec. `rest`: what `full` has beyond `quick`. Files named `*.full.spec.ts`
 * and the tests made by `full.it` are in `full` alone.
 */
export const TIERS = ['quick', 'full', 'rest'] as const;

export type Tier = (typeof TIERS)[number];

export function isTier(word: string): word is Tier {
  return (TIERS as readonly string[]).includes(word);
}

/** That of this process; mocha by itself runs everything. */
export const TIER: Tier = (process.env['TESTS_TIER'] as Tier | undefined) ?? 'full';

export const FULL_FILE = /\.full\.spec\.ts$/;

/** A test that takes no callback: it returns, or its promise settles. */
type Body = (this: Mocha.Context) => unknown;

const marked = new WeakSet<Mocha.Test>();
let left = 0;

/** A test of the full tier, in a file that has some of `npm test`. */
export const full = {
  it(title: string, run: Body): void {
    if (TIER === 'quick') left += 1;
    else marked.add(it(title, run as Mocha.AsyncFunc));
  },
};

/** For tests made in a loop: of those in `npm test`, too, or of the full tier alone. */
export function quickIf(isQuick: boolean): { readonly it: typeof full.it } {
  return isQuick ? { it: (title, run) => void it(title, run as Mocha.AsyncFunc) } : full;
}

/** How many tests of the files loaded so far are left to the full tier. */
export function leftToFull(): number {
  return left;
}

/** Leaves out of the files that were loaded what the tier of this process has not. */
export function keepTier(suite: Mocha.Suite): void {
  if (TIER !== 'rest') return;
  suite.tests = suite.tests.filter((test) => marked.has(test) || FULL_FILE.test(test.file ?? ''));
  for (const inner of suite.suites) keepTier(inner);
}
