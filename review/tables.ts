import { changedKeys } from './changes';
import type { StackFile, TableEntry } from './stack-file';

type Settings = StackFile['settings'];

/** Lines about changes of the destination and the image. */
export function destinationChanges(before: Settings, after: Settings): readonly string[] {
  return ['destination', 'image'].flatMap((group) =>
    differences((before[group] ?? {}) as object, (after[group] ?? {}) as object).map(
      (line) => `✏️ ${group}.${line}`,
    ),
  );
}

/** Lines about added, removed and changed tables. */
export function tableChanges(before: readonly TableEntry[], after: readonly TableEntry[]): readonly string[] {
  const was = new Map(before.map((table) => [table.name, table]));
  const is = new Map(after.map((table) => [table.name, table]));
  const added = after
    .filter(({ name }) => !was.has(name))
    .map((table) => `➕ **${table.name}** ${described(table)}`);
  const removed = before
    .filter(({ name }) => !is.has(name))
    .map(({ name }) => `➖ **${name}** is no longer replicated; its rows stay in the destination`);
  const changed = after.flatMap((table) => {
    const old = was.get(table.name);
    return old === undefined ? [] : differences(old, table).map((line) => `✏️ **${table.name}** ${line}`);
  });
  return [...added, ...removed, ...changed];
}

const MANAGEMENT: Readonly<Record<string, string>> = {
  Verify: 'checked, never changed',
  Enable: 'its **stream and point-in-time recovery are turned on**',
  Managed: 'a table of this program',
};

function described({ name: _, management = 'Verify', create, ...rest }: TableEntry): string {
  const kind = create === undefined ? MANAGEMENT[String(management)] : '**created** by this stack';
  const settings = Object.entries(rest).map(([key, value]) => `${key}: ${shown(value)}`);
  return [`is replicated: ${kind ?? String(management)}`, ...settings].join('; ');
}

function differences(before: object, after: object): readonly string[] {
  const [old, own] = [before, after] as Readonly<Record<string, unknown>>[];
  return changedKeys(before, after).map((key) => `${key}: ${shown(old?.[key])} → ${shown(own?.[key])}`);
}

function shown(value: unknown): string {
  return value === undefined ? 'not set' : typeof value === 'string' ? value : `\`${JSON.stringify(value)}\``;
}
