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

/** Reads a stack's tables of all teams. @param folder `tables/` of the repository */
export function readTeamTables(folder: string, stack: string): TeamTables {
  if (!existsSync(folder)) return { tables: [], problems: [] };
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const read = files.map((name) => readFile(join(folder, name), `tables/${name}`, stack));
  return {
    tables: read.flatMap(({ tables }) => tables),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readFile(path: string, name: string, stack: string): TeamTables {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { tables: [], problems: [{ argument: name, problem: (error as Error).message }] };
  }
  if (content === null || content === undefined) return { tables: [], problems: [] };
  if (typeof content !== 'object' || Array.isArray(content))
    return { tables: [], problems: [{ argument: name, problem: 'expected lists of tables, by stack' }] };
  const own: unknown = (content as Readonly<Record<string, unknown>>)[stack] ?? [];
  const problems = shapeProblems(`${name} ${stack}`, own, 'ReplicatedTable[]');
  return { tables: problems.length === 0 ? (own as ReplicatedTable[]) : [], problems };
}
