import { type Command, Option } from 'commander';
import { nearest } from '../runtime/config/nearest';
import { WrongUse } from '../runtime/verbs/exit-codes';
import type { Check, Mode } from './check';
import { chosen, limitText, MODES } from './modes';
import { isSuffix } from './names';

/** What the command line asks for. */
export type Options =
  | RunOptions
  | { readonly kind: 'cleanup'; readonly suffix: string; readonly region?: string };

export interface RunOptions {
  readonly kind: 'run';
  /** Undefined for a run that is resumed: it keeps its own. */
  readonly mode: Mode | undefined;
  readonly resume: string | undefined;
  /** Ids; empty for all. */
  readonly only: readonly string[];
  readonly yes: boolean;
  /** Folder for the report. */
  readonly report: string;
  readonly region?: string;
}

const ASKED: Readonly<Record<Mode, string>> = {
  quick: 'what is answered soon (default)',
  long: 'also trimming and rollovers',
  ttl: 'also deletes at the end of a time to live',
};

/** Adds the flags. */
export function addOptions(command: Command): Command {
  const modes = Object.keys(MODES) as Mode[];
  for (const mode of modes) {
    const words = `${ASKED[mode]}; takes at most ${limitText(MODES[mode].longestMs)}`;
    command.addOption(new Option(`--${mode}`, words).conflicts(modes.filter((other) => other !== mode)));
  }
  return command
    .option('--only <CHECKS>', 'only these checks, separated by commas: E8,E9')
    .option('--yes', 'do not ask before the run begins')
    .option('--report <DIR>', 'folder for the report', '.')
    .option('--region <REGION>', 'AWS region (default: of the environment or profile)')
    .addOption(
      new Option('--resume <SUFFIX>', 'continue a run that was stopped').conflicts([...modes, 'only']),
    )
    .addOption(
      new Option('--cleanup <SUFFIX>', 'delete everything that a run made').conflicts([
        ...modes,
        'only',
        'resume',
        'report',
      ]),
    );
}

/** @throws WrongUse */
export function optionsOf(command: Command, checks: readonly Check[]): Options {
  const given = command.opts<{
    quick?: true;
    long?: true;
    ttl?: true;
    only?: string;
    yes?: true;
    report: string;
    region?: string;
    resume?: string;
    cleanup?: string;
  }>();
  const { report, resume, cleanup, region } = given;
  const place = region === undefined ? {} : { region };
  if (cleanup !== undefined) return { kind: 'cleanup', suffix: suffixOf('--cleanup', cleanup), ...place };
  const mode = resume !== undefined ? undefined : given.ttl ? 'ttl' : given.long ? 'long' : 'quick';
  return {
    kind: 'run',
    mode,
    resume: resume === undefined ? undefined : suffixOf('--resume', resume),
    only: given.only === undefined || mode === undefined ? [] : idsOf(given.only, mode, checks),
    yes: given.yes === true,
    report,
    ...place,
  };
}

function suffixOf(flag: string, text: string): string {
  // People copy the whole name from AWS's console.
  const suffix = text.replace(/^replicator-acceptance-/, '');
  if (isSuffix(suffix)) return suffix;
  throw new WrongUse(
    `${flag} ${text} is not the suffix of a run: 8 lower-case letters and digits, as the run printed it.`,
  );
}

function idsOf(text: string, mode: Mode, checks: readonly Check[]): readonly string[] {
  const known = new Map(checks.map(({ id }) => [id.toLowerCase(), id]));
  const words = text.split(',').map((word) => word.trim());
  if (words.includes(''))
    throw new WrongUse(
      `--only ${text}: the name of a check is missing. Give names with commas between: --only E8,E9`,
    );
  return words.map((word) => {
    const id = known.get(word.toLowerCase());
    if (id === undefined) {
      const names = [...known.values()];
      const meant = nearest(word, names);
      throw new WrongUse(
        `--only ${text}: there is no check ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}\n` +
          `The checks are ${names.join(', ')}.`,
      );
    }
    const ofId = checks.filter((check) => check.id === id);
    const [other] = ofId;
    if (other !== undefined && chosen(ofId, mode, []).length === 0)
      throw new WrongUse(
        `--only ${text}: a --${mode} run does not ask ${id}; this does: npm run acceptance -- --${other.mode} --only ${id}`,
      );
    return id;
  });
}
