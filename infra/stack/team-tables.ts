import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { allOf, type ListedTables, listedTables, NO_TABLES } from './listed-tables';

/** A team's file, unchecked. */
export interface TeamFile {
  readonly path: string;
  /** For messages: `tables/shop.yaml`. */
  readonly name: string;
  readonly content: unknown;
  /** Error of the YAML parser; `undefined` if the file is valid YAML. */
  readonly unreadable?: string;
}

/**
 * Reads the tables of all teams for a stack, from the teams' own files, `tables/<team>.yaml`: each team owns its file and no other
 * (.github/CODEOWNERS). A file has a list of tables for each stack, as in the configuration's `tables`.
 * @param folder `tables/` of the repository, whose stacks have a file `Pulumi.STACK.yaml` beside it
 */
export function readTeamTables(folder: string, stack: string): ListedTables {
  const stacks = stacksBeside(folder, stack);
  return allOf(readTeamFiles(folder).map((file) => checked(file, stack, stacks)));
}

/** The files of all teams, sorted by name; none if the folder does not exist. */
export function readTeamFiles(folder: string): readonly TeamFile[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((file) => {
    const [path, name] = [join(folder, file), `tables/${file}`];
    try {
      return { path, name, content: parse(readFileSync(path, 'utf8')) as unknown };
    } catch (error) {
      return { path, name, content: undefined, unreadable: (error as Error).message };
    }
  });
}

/** A file's entry for a stack. */
export function listOf({ content }: TeamFile, stack: string): unknown {
  return (content as Readonly<Record<string, unknown>> | null | undefined)?.[stack] ?? [];
}

/** Names of the stacks that have a file, and of the one that is deployed. */
function stacksBeside(folder: string, stack: string): readonly string[] {
  const repository = dirname(folder);
  const files = existsSync(repository) ? readdirSync(repository) : [];
  const names = files.flatMap((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? []);
  return [...new Set([...names, stack])].sort();
}

function checked(file: TeamFile, stack: string, stacks: readonly string[]): ListedTables {
  const { name, content, unreadable } = file;
  const refused = (problem: string) => ({ ...NO_TABLES, problems: [{ argument: name, problem }] });
  if (unreadable !== undefined) return refused(unreadable);
  if (Array.isArray(content) || !['object', 'undefined'].includes(typeof content))
    return refused('expected a list of tables for each stack');
  const unknown = Object.keys(content ?? {}).find((key) => !stacks.includes(key));
  if (unknown !== undefined)
    return refused(
      `there is no stack ${unknown} (Pulumi.${unknown}.yaml); the stacks are ${stacks.join(', ')}`,
    );
  return listedTables(`${name} ${stack}`, listOf(file, stack));
}
