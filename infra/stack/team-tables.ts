import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ReplicatedTable } from '../arguments/table';
import { shapeProblems } from './config-shape';
import type { ArgumentProblem } from '../errors';

/**
 * Tables that teams ask for in files of their own, `tables/<team>.yaml`, so that each team owns its lines (.github/CODEOWNERS) and
 * nobody else's. A file has a list of tables by stack, each as in the configuration's `tables`.
 */
export interface TeamTables {
  readonly tables: readonly ReplicatedTable[];
  readonly problems: readonly ArgumentProblem[];
}

/** A team's file as it stands there, unchecked. */
export interface TeamFile {
  readonly path: string;
  /** For people: `tables/shop.yaml`. */
  readonly name: string;
  readonly content: unknown;
  /** Why it is no YAML; `undefined` where it is. */
  readonly unreadable?: string;
}

/** Reads a stack's tables of all teams. @param folder `tables/` of the repository */
export function readTeamTables(folder: string, stack: string): TeamTables {
  const read = readTeamFiles(folder).map((file) => checked(file, stack));
  return {
    tables: read.flatMap(({ tables }) => tables),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** The files of all teams, by their names; none where there is no folder. */
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

/** What a file has for a stack. */
export function listOf({ content }: TeamFile, stack: string): unknown {
  return (content as Readonly<Record<string, unknown>> | null | undefined)?.[stack] ?? [];
}

function checked(file: TeamFile, stack: string): TeamTables {
  const { name, content, unreadable } = file;
  const refused = (problem: string) => ({ tables: [], problems: [{ argument: name, problem }] });
  if (unreadable !== undefined) return refused(unreadable);
  if (Array.isArray(content) || !['object', 'undefined'].includes(typeof content))
    return refused('expected lists of tables, by stack');
  const own = listOf(file, stack);
  const problems = shapeProblems(`${name} ${stack}`, own, 'ReplicatedTable[]');
  return { tables: problems.length === 0 ? (own as ReplicatedTable[]) : [], problems };
}
