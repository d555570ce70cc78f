import { parseArgs } from 'node:util';
import { PARTS } from './parts';

/** How long the soak runs, and what. */
export interface Flags {
  /** Infinity: until the seeds are run. */
  readonly minutes: number;
  readonly seed: number;
  /** Seeds of each part, at most. */
  readonly seeds: number;
  readonly only: readonly string[];
  readonly complete: boolean;
  /** Instead of each part's own. */
  readonly size: number | undefined;
}

const USAGE = `npm run soak -- [--minutes N] [--seed S] [--only PART]… [--seeds N] [--complete]

  --minutes N   for so long, after which what is under way is finished (default 10)
  --seed S      the first seed of every part (default: by the date)
  --only PART   that part alone; may be given again
  --seeds N     no more than so many of each part
  --complete    instead: of each part the long count, however long that takes

Parts:
${PARTS.map(({ name, what }) => `  ${name.padEnd(22)}${what}`).join('\n')}`;

/** A day's seeds end before the next one's begin, and all have 31 bits. */
const SEEDS_PER_DAY = 50_000;
const DAY_MS = 86_400_000;

/** What is wrong with the arguments, or the help that was asked for. */
export class Usage extends Error {}
export class Help extends Usage {}

/** @param size that of the environment, instead of each part's own. @throws Usage, which Help is */
export function readFlags(args: readonly string[], now: number, size?: string): Flags {
  const values = parse(args);
  if (values.help) throw new Help(USAGE);
  const only = values.only ?? [];
  const unknown = only.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) throw new Usage(`There is no part ${unknown.join(', ')}.\n\n${USAGE}`);
  if (values.complete && (values.minutes ?? values.seed ?? values.seeds) !== undefined)
    throw new Usage(`--complete takes no --minutes, --seed or --seeds.\n\n${USAGE}`);
  const number = (name: 'minutes' | 'seed' | 'seeds', usual: number) => {
    const text = values[name];
    if (text === undefined) return usual;
    const read = Number(text);
    if (text.trim() === '' || !(read >= 0) || (name !== 'minutes' && !Number.isSafeInteger(read)))
      throw new Usage(`--${name} must be a number from 0 on, not ${text}.\n\n${USAGE}`);
    return read;
  };
  const seeds = number('seeds', Infinity);
  return {
    minutes: number('minutes', values.complete || seeds < Infinity ? Infinity : 10),
    seed: number('seed', Math.floor(now / DAY_MS) * SEEDS_PER_DAY),
    seeds,
    only,
    complete: values.complete ?? false,
    size: size === undefined ? undefined : sizeOf(size),
  };
}

function sizeOf(text: string): number {
  const size = Number(text);
  if (!(size > 0)) throw new Usage(`SIZE must be a positive number, not ${text}.`);
  return size;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string' },
        seed: { type: 'string' },
        seeds: { type: 'string' },
        only: { type: 'string', multiple: true },
        complete: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new Usage(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
