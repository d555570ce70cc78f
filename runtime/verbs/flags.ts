import { type Command, Option } from 'commander';
import { leaves, type FlagValues } from '../config';
import { KINDS } from '../destinations/kinds';
import type { Leaf } from '../config/leaves';

/** Settings that the help of a verb shows. Every verb accepts all settings, so that one settings file works for all of them. */
export interface Shown {
  /** Names of settings, as in a file. */
  readonly settings: readonly string[];
  /** Descriptions that differ from those of the settings, by name. */
  readonly words?: Readonly<Record<string, string>>;
}

export const SOURCE = ['tables', 'bucket', 'to'];
export const CONNECTION = ['region', 'profile', 'endpoint'];

/** Descriptions for commands that do not create the destination. */
export const EXISTING = {
  to: `The destination: ${KINDS.map(({ location }) => location.expected).join(', or ')}`,
};

/** Descriptions for a command that runs in a running replicator, or starts its own. */
export function workWords(verb: string): Readonly<Record<string, string>> {
  return {
    ...EXISTING,
    tables: `Tables to ${verb}; repeat the flag for each (default: all of the running replicator)`,
    bucket: 'S3 bucket for the exports, with an optional prefix; required if no replicator is running',
  };
}

/** Adds a flag for each setting, and `--config`. Unknown flags are kept, so that they are listed with all other problems. */
export function addSettingFlags(command: Command, shown: Shown): Command {
  command.allowUnknownOption().allowExcessArguments();
  for (const leaf of leaves) command.addOption(optionOf(leaf, shown));
  command.addOption(
    new Option(
      '--config <FILE>',
      'YAML or JSON file with settings; flags and the environment override it',
    ).helpGroup('Settings (all of them: docs/CONFIGURATION.md):'),
  );
  return command;
}

/** The values given on the command line. Unknown flags and stray words are included under their own names. */
export function flagValues(command: Command): FlagValues {
  const given: Record<string, unknown> = {};
  for (const option of command.options) {
    const name = option.attributeName();
    const setting =
      leaves.find((leaf) => leaf.flag === positive(option)) ??
      (option.long === '--config' ? option : undefined);
    if (setting && command.getOptionValueSource(name) === 'cli')
      given[positive(option)] = command.getOptionValue(name);
  }
  let unknownFlag = false;
  for (const word of command.args) {
    // The word after an unknown flag is probably its value.
    if (word.startsWith('-') || !unknownFlag) given[word.split('=')[0] as string] ??= true;
    unknownFlag = word.startsWith('-') && !word.includes('=');
  }
  return given;
}

function optionOf(leaf: Leaf, { settings, words }: Shown): Option {
  const isSwitch = typeof leaf.defaultValue === 'boolean';
  const flag = !isSwitch
    ? `${leaf.flag} <${leaf.placeholder}>`
    : leaf.defaultValue
      ? leaf.flag.replace('--', '--no-')
      : leaf.flag;
  const option = new Option(
    flag,
    words?.[leaf.name] ?? leaf.description.split(/(?<=[.;]) /)[0]?.replace(/[.;]$/, ''),
  );
  if (leaf.name === 'tables')
    option.argParser((name, before: string[] | undefined) => [...(before ?? []), name]);
  option.helpGroup('Settings (all of them: docs/CONFIGURATION.md):');
  return settings.includes(leaf.name) ? option : option.hideHelp();
}

function positive(option: Option): string {
  return option.negate ? (option.long as string).replace('--no-', '--') : (option.long as string);
}
