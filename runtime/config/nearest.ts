/** The known name that is closest to a mistyped one; `undefined` when none is close. @param share as of `allNearest` */
export function nearest(mistyped: string, known: Iterable<string>, share = SHARE): string | undefined {
  return allNearest(mistyped, known, share)[0];
}

/**
 * The known names that are equally close to a mistyped one, and closer than all others; none when none is close.
 * @param share how much of the name may be mistyped; one character always may
 */
export function allNearest(mistyped: string, known: Iterable<string>, share = SHARE): readonly string[] {
  let best: string[] = [];
  let least = Math.max(1, Math.floor(mistyped.length * share));
  for (const name of known) {
    const distance = editDistance(mistyped.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [[name], distance];
    else if (distance === least) best.push(name);
  }
  return best;
}

const SHARE = 0.4;

/** Number of edits between two texts: insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
