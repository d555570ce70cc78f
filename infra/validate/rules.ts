import type { ArgumentProblem } from '../errors';

/**
 * Arguments that cannot be used: one file a group of arguments, one line a rule, each with its exact words. The rules look at
 * what is known when the program runs; what an output brings later is looked at where it is used.
 */

export type Problems = readonly ArgumentProblem[];

/** A rule: whether it is broken, by which argument, and what to say. */
export type Rule = readonly [broken: boolean, argument: string, problem: string];

/** What the broken rules say. */
export function problems(...rules: readonly Rule[]): Problems {
  return rules.filter(([broken]) => broken).map(([, argument, problem]) => ({ argument, problem }));
}

/** Puts the argument's path before each. */
export function under(path: string, found: Problems): Problems {
  return found.map(({ argument, problem }) => ({ argument: `${path}.${argument}`, problem }));
}

/** That a number, where it is given, is whole and within the bounds. */
export function whole(
  value: number | undefined,
  argument: string,
  { least, most = Infinity }: { readonly least: number; readonly most?: number },
  problem: string,
): Rule {
  const isFine = value === undefined || (Number.isInteger(value) && value >= least && value <= most);
  return [!isFine, argument, problem];
}

/** How many of the values are given. */
export function given(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length;
}
