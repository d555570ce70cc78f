import { parseArgs } from 'node:util';
import { PARTS } from './parts';

/** What the soak runs, and for how long. */
export interface Flags {
  /** Infinity: until all seeds have run. */
  readonly minutes: number;
  readonly seed: number;
  /** Most seeds of each part. */
  readonly seeds: number;
  readonly only: readonly string[];
  readonly complete: boolean;
  /** Replaces each part's own size. */
  readonly size: number | undefined;
}

const USAGE = `npm run soak -- [--minutes N] [--seed S] [--only PART]… [--seeds N] [--complete]

  --minutes N   run for N minutes, then finish the seeds under way (default 10)
  --seed S      first seed of every part (default: by the date)
  --only PART   run only this part; can be repeated
  --seeds N     run at most N seeds of each part
  --complete    run the long count of each part, however long it takes

Parts:
${PARTS.map(({ name, what }) => `  ${name.padEnd(22)}${what}`).join('\n')}`;

/** Keeps the seeds of two days apart, and all within 31 bits. */
const SEEDS_PER_DAY = 50_000;
const DAY_MS = 86_400_000;

/** The arguments are wrong, or help was requested. */
export class Usage extends Error {}
export class Help extends Usage {}

/** @param size from the environment, replaces each part's own @throws Usage, including Help */
export function readFlags(args: readonly string[], now: number, size?: string): Flags {
  const values = parse(args);
  if (values.help) throw new Help(USAGE);
  const only = values.only ?? [];
  const unknown = only.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) throw new Usage(`Unknown part: ${unknown.join(', ')}.\n\n${USAGE}`);
  if (values.complete && (values.minutes ?? values.seed ?? values.seeds) !== undefined)
    throw new Usage(`--complete cannot be combined with --minutes, --seed or --seeds.\n\n${USAGE}`);
  const number = (name: 'minutes' | 'seed' | 'seeds', usual: number) => {
    const text = values[name];
    if (text === undefined) return usual;
    const read = Number(text);
    if (text.trim() === '' || !(read >= 0) || (name !== 'minutes' && !Number.isSafeInteger(read)))
      throw new Usage(
        `--${name} must be a non-negative ${name === 'minutes' ? 'number' : 'integer'}, not ${text}.\n\n${USAGE}`,
      );
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
