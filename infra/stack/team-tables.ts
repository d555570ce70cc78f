import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { ReplicatedTable } from '../arguments/table';
import { shapeProblems } from './config-shape';
import type { ArgumentProblem } from '../errors';

/**
 * Tables from the teams' own files, `tables/<team>.yaml`: each team owns its file and no other (.github/CODEOWNERS). A file
 * has a list of tables for each stack, as in the configuration's `tables`.
 */
export interface TeamTables {
  readonly tables: readonly ReplicatedTable[];
  /** Where each table is listed: `tables/shop.yaml prod[0]`. */
  readonly places: readonly string[];
  readonly problems: readonly ArgumentProblem[];
}

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
 * Reads the tables of all teams for a stack.
 * @param folder `tables/` of the repository, whose stacks have a file `Pulumi.STACK.yaml` beside it
 */
export function readTeamTables(folder: string, stack: string): TeamTables {
  const stacks = stacksBeside(folder, stack);
  const read = readTeamFiles(folder).map((file) => checked(file, stack, stacks));
  return {
    tables: read.flatMap(({ tables }) => tables),
    places: read.flatMap(({ places }) => places),
    problems: read.flatMap(({ problems }) => problems),
  };
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

function checked(file: TeamFile, stack: string, stacks: readonly string[]): TeamTables {
  const { name, content, unreadable } = file;
  const refused = (problem: string) => ({ tables: [], places: [], problems: [{ argument: name, problem }] });
  if (unreadable !== undefined) return refused(unreadable);
  if (Array.isArray(content) || !['object', 'undefined'].includes(typeof content))
    return refused('expected a list of tables for each stack');
  const unknown = Object.keys(content ?? {}).find((key) => !stacks.includes(key));
  if (unknown !== undefined)
    return refused(
      `there is no stack ${unknown} (Pulumi.${unknown}.yaml); the stacks are ${stacks.join(', ')}`,
    );
  const own = listOf(file, stack);
  const problems = shapeProblems(`${name} ${stack}`, own, 'ReplicatedTable[]');
  const tables = problems.length === 0 ? (own as ReplicatedTable[]) : [];
  return { tables, places: tables.map((_, index) => `${name} ${stack}[${index}]`), problems };
}
