/**
 * `quick`: what `npm test` runs. `full`: all specs. `rest`: what `full` has beyond `quick`. Files named `*.full.spec.ts`
 * and tests declared with `full.it` are only in `full`.
 */
export const TIERS = ['quick', 'full', 'rest'] as const;

export type Tier = (typeof TIERS)[number];

export function isTier(word: string): word is Tier {
  return (TIERS as readonly string[]).includes(word);
}

/** The tier of this process. Plain mocha runs everything. */
export const TIER: Tier = (process.env['TESTS_TIER'] as Tier | undefined) ?? 'full';

export const FULL_FILE = /\.full\.spec\.ts$/;

/** A test without a callback: it is done when it returns or its promise settles. */
type Body = (this: Mocha.Context) => unknown;

const marked = new WeakSet<Mocha.Test>();
let left = 0;

/** Declares a test of the full tier in a file that also has tests of `npm test`. */
export const full = {
  it(title: string, run: Body): void {
    if (TIER === 'quick') left += 1;
    else marked.add(it(title, run as Mocha.AsyncFunc));
  },
};

/** For tests declared in a loop: in all tiers if `isQuick`, otherwise only in the full tier. */
export function quickIf(isQuick: boolean): { readonly it: typeof full.it } {
  return isQuick ? { it: (title, run) => void it(title, run as Mocha.AsyncFunc) } : full;
}

/** Number of tests in the loaded files that only the full tier runs. */
export function leftToFull(): number {
  return left;
}

/** Removes the loaded tests that are not in this process's tier. */
export function keepTier(suite: Mocha.Suite): void {
  if (TIER !== 'rest') return;
  suite.tests = suite.tests.filter((test) => marked.has(test) || FULL_FILE.test(test.file ?? ''));
  for (const inner of suite.suites) keepTier(inner);
}
