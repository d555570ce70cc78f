import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { nearest } from '../runtime/config/nearest';
import { CONTENDER_NAMES, type ContenderName } from './contenders/contenders';
import { FULL, QUICK, type Sizes } from './plan';
import { SHAPES, type Shape } from './shapes/shapes';

/** Parts of the benchmark besides the contenders. */
export const PARTS = ['streaming', 'latency', 'shards', 'heals'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly quick: boolean;
  readonly sizes: Sizes;
  readonly rounds: number;
  readonly seed: number;
  readonly shapes: readonly Shape[];
  readonly contenders: readonly ContenderName[];
  readonly parts: readonly Part[];
  /** `--only` was given: the report is printed, and only the sections of the parts are written to the file. */
  readonly partial: boolean;
  readonly output: string;
}

/** Wrong flags, or `--help`. `message` is the complete text to print. */
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
  let printed = '';
  const keep = (text: string) => void (printed += text);
  const program = new Command('npm run bench --')
    .description('Measures decoding, loading and following, and writes docs/PERFORMANCE.md.')
    .option('--quick', 'use smaller tables and exports: under 8 minutes instead of under 45', false)
    .option('--megabytes <N>', 'size of the export of each shape, uncompressed', wholeNumber(1))
    .option(
      '--rounds <N>',
      `how often each contender runs, at least ${LEAST_ROUNDS}`,
      wholeNumber(LEAST_ROUNDS),
    )
    .option('--seed <N>', 'seed of the generated items', wholeNumber(0), 1)
    .option(
      '--only <NAME>',
      `run only this contender, part or shape and print the report; a part also writes its section; repeatable; one of ${ONLY.join(', ')}`,
      oneMore,
    )
    .option('--output <FILE>', 'file for the report (default: docs/PERFORMANCE.md)')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: keep, writeErr: keep })
    .exitOverride();
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new FlagProblem(printed.trimEnd(), error.exitCode);
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
    if (!(value >= least)) throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    return value;
  };
}

function oneMore(name: string, before: readonly string[] = []): readonly string[] {
  if (ONLY.some((known) => known === name)) return [...before, name];
  const meant = nearest(name, ONLY);
  throw new InvalidArgumentError(
    meant === undefined ? `Expected one of ${ONLY.join(', ')}.` : `(Did you mean ${meant}?)`,
  );
}
