import { matches } from '../exceptions';
import reference from './actions.json';
import unlimited from './unlimited-actions.json';

/**
 * The resources that each action can be allowed on, from AWS's Service Authorization Reference, for the actions that stacks of this
 * kind use. `tools/service_reference.py` writes the tables.
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = reference.actions;

/** Service → its actions that AWS allows only on `*`, and `VERB*` if all others with that verb only list things. All services. */
const UNLIMITED = new Map(Object.entries(unlimited.actions as Readonly<Record<string, readonly string[]>>));

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
 * Whether a policy has to allow an action on `*`, as AWS knows no resource for it. A pattern has to be on `*` if it starts with a
 * verb, as `ec2:Describe*` does, whose actions have no resource or only list things, and if no action of the table that it matches
 * has a resource.
 */
export function needsEverything(action: string): boolean {
  const [service = '', name = ''] = action.toLowerCase().split(':');
  const all = (UNLIMITED.get(service) ?? []).map((one) => one.toLowerCase());
  if (!/[*?]/.test(name)) return all.includes(name);
  return (
    all.some((one) => one.endsWith('*') && name.startsWith(one.slice(0, -1))) &&
    actionsLike(action).every((one) => resourcesOf(one)?.length === 0)
  );
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
