import { parse } from 'yaml';
import { readText } from './read-text';
import { VARIABLE_PREFIX, type Leaf } from './leaves';
import { didYouMean } from './issues';
import { type Given, InvalidSettings, type Problem } from './problems';

/** Flag → value; a repeated flag is a list. Keys are as typed, with dashes, so that messages can name unknown ones. */
export type FlagValues = Readonly<Record<string, unknown>>;

export interface Sources {
  /** May include `--config`, which names the settings file. */
  readonly flags: FlagValues;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A file's parsed content, instead of `--config`. */
  readonly file?: SettingsFile;
}

interface SettingsFile {
  readonly path: string;
  readonly content: unknown;
  /** Where the values come from, for people, if not from a file. */
  readonly origin?: string;
}

const COMMAND_LINE = 'command line';
const CONFIG_FLAG = '--config';
const CONFIG_VARIABLE = `${VARIABLE_PREFIX}CONFIG`;

/** Merges the sources: flags override the environment, which overrides the file. Reports every unknown name. @throws InvalidSettings when the file cannot be read */
export function gather(
  leaves: readonly Leaf[],
  sources: Sources,
): { values: ReadonlyMap<string, Given>; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values = new Map<string, Given>();
  fromFile(leaves, sources, values, problems);
  fromEnvironment(leaves, sources, values, problems);
  fromFlags(leaves, sources, values, problems);
  return { values, problems };
}

function fromFlags(
  leaves: readonly Leaf[],
  { flags }: Sources,
  values: Map<string, Given>,
  problems: Problem[],
): void {
  const known = new Map(leaves.map((leaf) => [leaf.flag, leaf]));
  for (const [flag, value] of Object.entries(flags)) {
    const leaf = known.get(flag);
    if (leaf?.isSecret) {
      const problem = `other users of this machine could read it there; set ${leaf.variable} instead`;
      problems.push({ setting: leaf.name, origin: `flag ${flag}`, problem });
    } else if (leaf) take(values, leaf, value, `flag ${flag}`);
    else if (flag !== CONFIG_FLAG) {
      problems.push(unknown(flag, COMMAND_LINE, [...known.keys(), CONFIG_FLAG]));
    }
  }
}

function fromEnvironment(
  leaves: readonly Leaf[],
  { environment }: Sources,
  values: Map<string, Given>,
  problems: Problem[],
): void {
  const known = new Map(leaves.map((leaf) => [leaf.variable, leaf]));
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(VARIABLE_PREFIX) || value === undefined) continue;
    const leaf = known.get(variable);
    if (leaf) take(values, leaf, value, `environment ${variable}`);
    else if (variable !== CONFIG_VARIABLE) {
      problems.push(unknown(variable, 'environment', [...known.keys(), CONFIG_VARIABLE]));
    }
  }
}

function fromFile(
  leaves: readonly Leaf[],
  sources: Sources,
  values: Map<string, Given>,
  problems: Problem[],
): void {
  const isFlag = sources.flags[CONFIG_FLAG] !== undefined;
  const path = isFlag ? sources.flags[CONFIG_FLAG] : sources.environment[CONFIG_VARIABLE];
  const file: SettingsFile | undefined =
    sources.file ??
    (typeof path === 'string' ? readFile(path, isFlag ? CONFIG_FLAG : CONFIG_VARIABLE) : undefined);
  if (file === undefined) return;
  const origin = file.origin ?? `file ${file.path}`;
  const known = new Map(leaves.map((leaf) => [leaf.name, leaf]));
  const groups = new Set(leaves.filter((leaf) => leaf.path.length > 1).map((leaf) => leaf.path[0] as string));
  for (const { name, value } of entriesOf(file.content ?? {}, groups, { ...file, origin }, problems)) {
    if (value === null) continue;
    const leaf = known.get(name);
    if (leaf) take(values, leaf, value, origin);
    else problems.push(unknown(name, origin, [...known.keys(), ...groups]));
  }
}

/** Flattens a file's groups: `load: { connections: 2 }` → `load.connections`. */
function entriesOf(
  content: unknown,
  groups: ReadonlySet<string>,
  { path, origin }: Required<SettingsFile>,
  problems: Problem[],
): { name: string; value: unknown }[] {
  if (!isObject(content)) {
    problems.push({
      setting: path,
      origin: undefined,
      problem: 'expected settings, one `name: value` per line',
    });
    return [];
  }
  return Object.entries(content).flatMap(([key, value]) => {
    if (!groups.has(key)) return [{ name: key, value }];
    if (isObject(value))
      return Object.entries(value).map(([inner, leaf]) => ({ name: `${key}.${inner}`, value: leaf }));
    problems.push({
      setting: key,
      origin,
      problem: `expected a group of settings, ${key}.…`,
    });
    return [];
  });
}

/** @throws InvalidSettings: all other problems may follow from this one */
function readFile(path: string, setting: string): { path: string; content: unknown } {
  const read = readText(path);
  if ('problem' in read) throw new InvalidSettings([{ setting, origin: undefined, problem: read.problem }]);
  try {
    return { path, content: parse(read.text) as unknown };
  } catch (error) {
    const reason = ((error as Error).message.split('\n')[0] as string).replace(/:$/, '');
    const problem = `${path} is neither valid YAML nor JSON: ${reason}`;
    throw new InvalidSettings([{ setting, origin: undefined, problem }]);
  }
}

function take(values: Map<string, Given>, leaf: Leaf, value: unknown, origin: string): void {
  const before = values.get(leaf.name)?.value;
  values.set(leaf.name, { value: leaf.name === 'tables' ? chosenTables(value, before) : value, origin });
}

/** Names of tables from a flag or variable keep the settings that the file has for these tables. */
function chosenTables(names: unknown, described: unknown): unknown {
  if (!Array.isArray(described)) return names;
  const list = typeof names === 'string' ? names.split(',').map((name) => name.trim()) : names;
  if (!Array.isArray(list)) return names;
  const byName = new Map(described.filter(isObject).map((table) => [table['name'], table]));
  return list.map((entry: unknown) => byName.get(entry) ?? entry);
}

function unknown(setting: string, origin: string, known: Iterable<string>): Problem {
  const problem =
    origin === COMMAND_LINE && !setting.startsWith('-')
      ? `unexpected argument; did you mean --table ${setting}?`
      : `no such setting${didYouMean(setting, known)}`;
  return { setting, origin, problem };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
