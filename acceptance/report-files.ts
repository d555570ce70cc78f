import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WrongUse } from '../runtime/verbs/exit-codes';
import type { Report } from './report';
import { reportText } from './report-text';

const NAMES = ['acceptance-report.md', 'acceptance-report.json'] as const;

/** The report's files in this folder. */
export const reportFiles = (folder: string): readonly string[] => NAMES.map((name) => join(folder, name));

/** Checks that the report can be written here, and writes nothing. @throws WrongUse */
export function requireWritable(folder: string): void {
  try {
    let place = resolve(folder);
    while (!existsSync(place)) place = dirname(place);
    if (!statSync(place).isDirectory()) throw new Error(`${place} is not a folder`);
    accessSync(place, constants.W_OK | constants.X_OK);
    for (const file of reportFiles(folder).filter((each) => existsSync(each))) {
      if (!statSync(file).isFile()) throw new Error(`${file} is not a file`);
      accessSync(file, constants.W_OK);
    }
  } catch (error) {
    throw new WrongUse(
      `--report ${folder}: the report cannot be written there (${(error as Error).message}). Give another folder. Nothing was created.`,
      { cause: error },
    );
  }
}

/** Makes the folder if needed, and replaces an earlier report. */
export function writeReport(folder: string, report: Report): void {
  mkdirSync(folder, { recursive: true });
  const texts = [reportText(report), `${JSON.stringify(report, undefined, 2)}\n`];
  reportFiles(folder).forEach((file, index) => writeFileSync(file, texts[index] as string));
}
