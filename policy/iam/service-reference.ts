import { matches } from '../exceptions';
import reference from './actions.json';

/**
 * The resources that each action can be allowed on, from AWS's Service Authorization Reference. `.ci/policies` writes the table,
 * for the actions that stacks of this kind use.
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = reference.actions;

/** Parts of an ARN that may contain slashes or colons. */
const WIDE = [
  'ObjectName',
  'LogGroupName',
  'LogStreamName',
  'RepositoryName',
  'SecretId',
  'RoleNameWithPath',
];

/** Kinds of ARN that the action can be allowed on. Empty: only `*`. `undefined`: the action is not in the table. */
export function resourcesOf(action: string): readonly string[] | undefined {
  return ACTIONS[action] ?? ACTIONS[Object.keys(ACTIONS).find((key) => sameText(key, action)) ?? ''];
}

/** The table's actions that match a pattern such as `dynamodb:Get*`. */
export function actionsLike(pattern: string): readonly string[] {
  return Object.keys(ACTIONS).filter((action) => matches(pattern.toLowerCase(), action.toLowerCase()));
}

/**
 * Whether a statement's resource can be of a kind: whether some text matches both. IAM's `*` matches any characters, including
 * `:` and `/`; a placeholder of the kind matches neither, except in names that may contain them.
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

/** A character, or a placeholder. */
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
