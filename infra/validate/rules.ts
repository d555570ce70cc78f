import type { ArgumentProblem } from '../errors';

/**
 * Validation of arguments: one file for each group of arguments, one line for each rule, with its message. The rules check
 * what is known when the program runs; outputs are checked where they are used.
 */

export type Problems = readonly ArgumentProblem[];

/** A rule: whether it is broken, by which argument, and the message. */
export type Rule = readonly [broken: boolean, argument: string, problem: string];

/** The problems of the rules that are broken. */
export function problems(...rules: readonly Rule[]): Problems {
  return rules.filter(([broken]) => broken).map(([, argument, problem]) => ({ argument, problem }));
}

/** Prefixes each argument with its path. */
export function under(path: string, found: Problems): Problems {
  return found.map(({ argument, problem }) => ({ argument: `${path}.${argument}`, problem }));
}

/** Rule: a given number is whole and within the bounds. */
export function whole(
  value: number | undefined,
  argument: string,
  { least, most = Infinity }: { readonly least: number; readonly most?: number },
  problem: string,
): Rule {
  const isFine = value === undefined || (Number.isInteger(value) && value >= least && value <= most);
  return [!isFine, argument, problem];
}

/** Number of values that are not `undefined`. */
export function given(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length;
}
