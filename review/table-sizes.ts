import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program, and returns what it prints. @throws Error if it fails or is not installed */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

/** What is known of tables' sizes. */
export interface TableSizes {
  /** Table → its size in bytes. */
  readonly bytes: ReadonlyMap<string, number>;
  /** Why the others are not known, one line each. */
  readonly problems: readonly string[];
}

/** Asks the AWS CLI for the tables' sizes, which DynamoDB counts anew about every six hours. */
export async function tableSizes(
  tables: readonly string[],
  region: string,
  run: RunProgram = runProgram,
): Promise<TableSizes> {
  const bytes = new Map<string, number>();
  const problems: string[] = [];
  for (const table of tables) {
    const query = ['--query', 'Table.TableSizeBytes', '--output', 'text', '--region', region];
    try {
      const printed = await run('aws', ['dynamodb', 'describe-table', '--table-name', table, ...query]);
      if (!/^\d+\s*$/.test(printed)) throw new Error(`the AWS CLI printed ${printed.trim()}`);
      bytes.set(table, Number(printed));
    } catch (error) {
      problems.push(
        `The size of ${table} is not known: ${(error as Error).message.trim().replaceAll('\n', ' ')}`,
      );
    }
  }
  return { bytes, problems };
}

async function runProgram(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args, { timeout: 60_000 })).stdout;
}
