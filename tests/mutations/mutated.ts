/**
 * Runs the tests that should detect a mutation, in a process whose code has the mutation. Arguments: the repository's folder
 * and a `Mutation` as JSON. Prints an `Outcome` as one line of JSON.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { compile } from '../load-typescript.cjs';
import type { runSchedule } from '../simulation/random-schedule';
import type { Mutation } from './mutation';

/** `detected`: an assertion failed. `broken`: something else failed, which proves nothing. */
export interface Outcome {
  readonly result: 'detected' | 'survived' | 'broken';
  readonly message: string;
}

const [root = '', json = ''] = process.argv.slice(2);
const { file, find, replace, by } = JSON.parse(json) as Mutation;
const path = join(root, file);

function mutate(source: string): string {
  const pieces = source.split(find);
  if (pieces.length !== 2)
    throw new Error(`${file} has this text ${pieces.length - 1} times instead of once: ${find}`);
  return pieces.join(replace);
}

const load = require.extensions['.ts']!;
require.extensions['.ts'] = (module, name) => {
  if (name !== path) return load(module, name);
  const compiled = compile(mutate(readFileSync(name, 'utf8')), name);
  (module as unknown as { _compile(code: string, name: string): void })._compile(compiled, name);
};

async function seeds(first: number, last: number): Promise<Outcome> {
  // Loaded now, so that its imports go through the loader above.
  // oxlint-disable-next-line typescript/no-require-imports
  const schedule = require('../simulation/random-schedule') as { runSchedule: typeof runSchedule };
  for (let seed = first; seed <= last; seed++) {
    try {
      await schedule.runSchedule(seed);
    } catch (error) {
      return outcomeOf(error, `seed ${seed}: `);
    }
  }
  return { result: 'survived', message: `seeds ${first} to ${last}` };
}

function spec(name: string, title: string): Promise<Outcome> {
  const mocha = new Mocha({ reporter: class {} as never, timeout: 0, grep: new RegExp(title) });
  mocha.addFile(join(root, name));
  let tests = 0;
  let first: Outcome | undefined;
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const none = { result: 'broken', message: `${name} has no test ${title}` } as const;
      const survived = { result: 'survived', message: `${tests} tests of ${name}` } as const;
      resolve(first ?? (tests === 0 ? none : survived));
    });
    runner.on('test', () => (tests += 1));
    runner.on('fail', (test, error: unknown) => {
      const outcome = outcomeOf(error, `${test.title}: `);
      if (first?.result !== 'detected') first = outcome;
      if (outcome.result === 'detected') runner.abort();
    });
  });
}

function outcomeOf(error: unknown, where: string): Outcome {
  const { name = '', message = String(error) } = error as Error;
  const isAssertion = name === 'AssertionError' || (error as { code?: string }).code === 'ERR_ASSERTION';
  return { result: isAssertion ? 'detected' : 'broken', message: where + message.split('\n')[0] };
}

const work = 'seeds' in by ? seeds(...by.seeds) : spec(by.spec, by.title);
work.then(
  (outcome) => end(outcome),
  (error: unknown) =>
    end({ result: 'broken', message: error instanceof Error ? String(error.stack) : String(error) }),
);

function end(outcome: Outcome): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}
