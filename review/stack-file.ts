import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { PROJECT } from '../infra/stack/package-schema';
import { listOf, readTeamFiles } from '../infra/stack/team-tables';

/** A stack's or a team's file cannot be read. */
export class UnreadableFile extends Error {
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`${file} cannot be read: ${reason}`);
    this.name = new.target.name;
  }
}

/** A table of a stack's file. */
export type TableEntry = Readonly<Record<string, unknown>> & { readonly name: string };

/** A `Pulumi.<stack>.yaml`. */
export interface StackFile {
  readonly region: string | undefined;
  /** Keys of this project, without its name as prefix. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The tables in `settings`, and those of the teams if they were read. */
  readonly tables: readonly TableEntry[];
  /** The configuration as the program gets it: key with namespace → text; objects are JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys of `config` whose values are secrets. */
  readonly secrets: readonly string[];
}

const PREFIX = `${PROJECT}:`;
export const PASSWORD = 'destinationPassword';
const PLACEHOLDER = 'not read: it is a secret';

/**
 * Reads the text of a stack's file. It needs no decryption key: secrets are replaced by a placeholder. If the file lacks the
 * password, as an example does before `pulumi config set --secret`, a placeholder is added.
 */
export function readStackFile(text: string): StackFile {
  const values = ((parse(text) ?? {}) as { config?: Record<string, unknown> }).config ?? {};
  const mine = Object.entries(values).filter(([key]) => key.startsWith(PREFIX));
  const settings = Object.fromEntries(mine.map(([key, value]) => [key.slice(PREFIX.length), value]));
  return {
    region: values['aws:region'] as string | undefined,
    settings,
    tables: (settings['tables'] ?? []) as readonly TableEntry[],
    ...programConfig({
      ...values,
      ...(PASSWORD in settings || namesSecret(settings) ? {} : { [PREFIX + PASSWORD]: { secure: '' } }),
    }),
  };
}

/** Whether the destination's password is in an existing secret. */
export function namesSecret(settings: StackFile['settings']): boolean {
  const destination = (settings['destination'] ?? {}) as Readonly<Record<string, unknown>>;
  return 'passwordSecretArn' in destination || 'urlSecretArn' in destination;
}

function programConfig(values: Readonly<Record<string, unknown>>): Pick<StackFile, 'config' | 'secrets'> {
  const config = Object.entries(values).map(([key, value]): [string, string] => [
    key,
    isSecret(value) ? PLACEHOLDER : typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return {
    config: Object.fromEntries(config),
    secrets: Object.keys(values).filter((key) => isSecret(values[key])),
  };
}

function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'secure' in value;
}

/**
 * Reads a stack's file, and the tables in the teams' files beside it.
 * @param path of a `Pulumi.<stack>.yaml`; for a file with another name, no teams' files are read
 * @throws UnreadableFile
 */
export function readStack(path: string): StackFile {
  const file = own(path);
  return { ...file, tables: [...file.tables, ...teamEntries(path)] };
}

function own(path: string): StackFile {
  try {
    return readStackFile(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UnreadableFile(path, (error as Error).message);
  }
}

function teamEntries(path: string): readonly TableEntry[] {
  const stack = /^Pulumi\.(.+)\.yaml$/.exec(basename(path))?.[1];
  if (stack === undefined) return [];
  return readTeamFiles(join(dirname(path), 'tables')).flatMap((file) => {
    if (file.unreadable !== undefined) throw new UnreadableFile(file.path, file.unreadable);
    return listOf(file, stack) as readonly TableEntry[];
  });
}
