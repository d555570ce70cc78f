import type { Parser } from './parser';
import type { Path } from './path';
import { clash, pathText } from './path';

/** Parses a list of document paths. @throws ServiceError ValidationException */
export function parseProjection(parser: Parser): readonly Path[] {
  const paths = [parser.path()];
  while (parser.takeSymbol(',')) paths.push(parser.path());
  checkApart(parser, paths);
  parser.finish();
  return paths;
}

/** Defers the service's error if two paths of one expression overlap or conflict. */
export function checkApart(parser: Parser, paths: readonly Path[]): void {
  for (const [i, first] of paths.entries()) {
    for (const second of paths.slice(i + 1)) {
      const kind = clash(first, second);
      if (kind) {
        parser.defer(
          `Two document paths ${kind} with each other; must remove or rewrite one of these paths; path one: ${pathText(first)}, path two: ${pathText(second)}`,
        );
      }
    }
  }
}
