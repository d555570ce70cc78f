import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../acceptance/check';
import type { Report } from '../../acceptance/report';
import { acceptanceVerb } from '../../acceptance/verb';
import { runCommandLine } from '../../runtime/verbs/command-line';
import type { ExitCode } from '../../runtime/verbs/exit-codes';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import type { Laboratory } from './laboratory';

/** How a command ended. */
export interface Ended {
  readonly code: ExitCode;
  readonly said: string;
  /** Undefined if there is no report. */
  readonly report: Report | undefined;
  /** The report as Markdown. */
  readonly text: string | undefined;
}

interface CommandOptions {
  readonly checks: readonly Check[];
  readonly terminal?: FakeTerminal;
  /** Whether the report goes to a folder of the test. Default: unless it is a cleanup. */
  readonly reports?: boolean;
}

/** Runs `npm run acceptance -- WORDS` in the laboratory. */
export async function command(
  laboratory: Laboratory,
  words: readonly string[],
  { checks, terminal = new FakeTerminal(), reports = !words.includes('--cleanup') }: CommandOptions,
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'acceptance-report-'));
  try {
    const verb = acceptanceVerb(checks, () => Promise.resolve(laboratory));
    const reporting = reports ? ['--report', folder] : [];
    const code = await laboratory.run(runCommandLine([verb.name, ...words, ...reporting], terminal, [verb]));
    const read = (name: string) =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
    const json = read('acceptance-report.json');
    return {
      code,
      said: terminal.complained + terminal.written,
      report: json === undefined ? undefined : (JSON.parse(json) as Report),
      text: read('acceptance-report.md'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The suffix of the run that printed this. */
export function suffixIn(said: string): string {
  const [, suffix] = /replicator-acceptance-([a-z0-9]{8})/.exec(said) ?? [];
  assert.ok(suffix !== undefined, said);
  return suffix;
}

/** Names of everything that is in the account. */
export function leftIn({ simulator }: Pick<Laboratory, 'simulator'>): readonly string[] {
  const { TableNames } = simulator.call('dynamodb', 'ListTables') as { TableNames: string[] };
  return [...TableNames, ...simulator.s3.listBuckets().map(({ name }) => name), ...simulator.iam.roleArns()];
}
