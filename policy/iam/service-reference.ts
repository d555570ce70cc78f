import { matches } from '../exceptions';
import reference from './actions.json';

/**
 * What AWS's Service Authorization Reference says of actions: on which resources each can be allowed. The table is written by
 * `.ci/policies`, for the actions that stacks of this kind use.
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = reference.actions;

/** Parts of an ARN that may have slashes or colons in them. */
const WIDE = [
  'ObjectName',
  'LogGroupName',
  'LogStreamName',
  'RepositoryName',
  'SecretId',
  'RoleNameWithPath',
];

/** Kinds of ARN that the action can be allowed on; empty: on `*` only; `undefined`: the table does not have it. */
export function resourcesOf(action: string): readonly string[] | undefined {
  return ACTIONS[action] ?? ACTIONS[Object.keys(ACTIONS).find((key) => sameText(key, action)) ?? ''];
}

/** The table's actions that a pattern such as `dynamodb:Get*` stands for. */
export function actionsLike(pattern: string): readonly string[] {
  return Object.keys(ACTIONS).filter((action) => matches(pattern.toLowerCase(), action.toLowerCase()));
}

/**
 * Whether the resource of a statement can be of a kind: whether one text fits both. IAM's `*` stands for any characters, also
 * `:` and `/`; what the kind leaves open holds neither, but for names that may have them.
 * @param kind as the reference spells it: `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`
 */
export function canBe(resource: string, kind: string): boolean {
  const parts = kind
    .split(/(\$\{[^}]+\})/)
    .flatMap((piece): readonly Part[] =>
      piece.startsWith('${') ? [{ open: true, wide: WIDE.includes(piece.slice(2, -1)) }] : [...piece],
    );
  return fits(resource, 0, parts, 0, new Map());
}

/** One character, or a place that is left open. */
type Part = string | { readonly open: true; readonly wide: boolean };

function fits(
  resource: string,
  at: number,
  parts: readonly Part[],
  next: number,
  known: Map<string, boolean>,
): boolean {
  const place = `${at},${next}`;
  const before = known.get(place);
  if (before !== undefined) return before;
  const letter = resource[at];
  const part = parts[next];
  const go = (toAt: number, toNext: number) => fits(resource, toAt, parts, toNext, known);
  const found =
    letter === undefined && part === undefined
      ? true
      : letter === '*'
        ? go(at + 1, next) || (part !== undefined && go(at, next + 1))
        : typeof part === 'object'
          ? go(at, next + 1) ||
            (letter !== undefined && (part.wide || !'/:'.includes(letter)) && go(at + 1, next))
          : part !== undefined && (letter === part || letter === '?') && go(at + 1, next + 1);
  known.set(place, found);
  return found;
}

function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
