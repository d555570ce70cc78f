import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { nearest } from '../runtime/config/nearest';
import { CONTENDER_NAMES, type ContenderName } from './contenders/contenders';
import { FULL, QUICK, type Sizes } from './plan';
import { SHAPES, type Shape } from './shapes/shapes';

/** Parts of the benchmark beside the contenders. */
export const PARTS = ['streaming', 'latency', 'shards'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly quick: boolean;
  readonly sizes: Sizes;
  readonly rounds: number;
  readonly seed: number;
  readonly shapes: readonly Shape[];
  readonly contenders: readonly ContenderName[];
  readonly parts: readonly Part[];
  /** Only a part is run: the report is printed, and no file written, but for the section of the part `shards`. */
  readonly partial: boolean;
  readonly output: string;
}

/** The words cannot be understood, or ask for help: `message` says all there is to say. */
export class FlagProblem extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

const LEAST_ROUNDS = 3;
const ONLY = [...CONTENDER_NAMES, ...PARTS, ...SHAPES];

/** @throws FlagProblem */
export function readFlags(words: readonly string[], defaultOutput: string): Options {
  let said = '';
  const keep = (text: string) => void (said += text);
  const program = new Command('npm run bench --')
    .description('Measures decoding, loading and following, and writes docs/PERFORMANCE.md.')
    .option('--quick', 'smaller tables and exports: under 8 minutes instead of under 45', false)
    .option('--megabytes <N>', 'size of each shape, uncompressed', wholeNumber(1))
    .option(
      '--rounds <N>',
      `how often every contender runs, at least ${LEAST_ROUNDS}`,
      wholeNumber(LEAST_ROUNDS),
    )
    .option('--seed <N>', 'of the generated items', wholeNumber(0), 1)
    .option('--only <NAME>', `one of ${ONLY.join(', ')}; may be repeated; prints the report`, oneMore)
    .option('--output <FILE>', 'where the report goes')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: keep, writeErr: keep })
    .exitOverride();
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new FlagProblem(said.trimEnd(), error.exitCode);
  }
  return optionsOf(program.opts<Given>(), defaultOutput);
}

interface Given {
  readonly quick: boolean;
  readonly megabytes?: number;
  readonly rounds?: number;
  readonly seed: number;
  readonly only?: readonly string[];
  readonly output?: string;
}

function optionsOf(given: Given, defaultOutput: string): Options {
  const { quick, seed, only = [] } = given;
  const chosen = <Name extends string>(names: readonly Name[]) => names.filter((name) => only.includes(name));
  const [contenders, parts, shapes] = [chosen(CONTENDER_NAMES), chosen(PARTS), chosen(SHAPES)];
  const sizes = quick ? QUICK : FULL;
  const all = contenders.length + parts.length === 0;
  return {
    quick,
    sizes: { ...sizes, megabytes: given.megabytes ?? sizes.megabytes },
    rounds: given.rounds ?? LEAST_ROUNDS,
    seed,
    shapes: shapes.length === 0 ? SHAPES : shapes,
    contenders: all ? CONTENDER_NAMES : contenders,
    parts: all && shapes.length === 0 ? PARTS : parts,
    partial: only.length > 0,
    output: given.output ?? defaultOutput,
  };
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least))
      throw new InvalidArgumentError(`It has to be a whole number of at least ${least}.`);
    return value;
  };
}

function oneMore(name: string, before: readonly string[] = []): readonly string[] {
  if (ONLY.some((known) => known === name)) return [...before, name];
  const meant = nearest(name, ONLY);
  throw new InvalidArgumentError(
    meant === undefined ? `The names are ${ONLY.join(', ')}.` : `(Did you mean ${meant}?)`,
  );
}
