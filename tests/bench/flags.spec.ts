import assert from 'node:assert/strict';
import { CONTENDER_NAMES } from '../../bench/contenders/contenders';
import { FlagProblem, readFlags } from '../../bench/flags';

const read = (...words: string[]) => readFlags(words, 'docs/PERFORMANCE.md');

function refusal(...words: string[]): { readonly message: string; readonly exitCode: number } {
  try {
    read(...words);
  } catch (error) {
    if (error instanceof FlagProblem) return error;
    throw error;
  }
  throw new Error(`${words.join(' ')} was accepted`);
}

describe('bench: flags', () => {
  it('without flags, runs everything and writes the document', () => {
    const { quick, rounds, contenders, parts, partial, output } = read();
    assert.deepEqual(
      { quick, rounds, contenders, parts, partial, output },
      {
        quick: false,
        rounds: 3,
        contenders: CONTENDER_NAMES,
        parts: ['streaming', 'latency', 'shards', 'heals'],
        partial: false,
        output: 'docs/PERFORMANCE.md',
      },
    );
  });

  it('--quick runs the same with less data', () => {
    assert.ok(read('--quick').sizes.megabytes < read().sizes.megabytes);
    assert.deepEqual(read('--quick').contenders, CONTENDER_NAMES);
  });

  it('--only chooses contenders, parts and shapes, and leaves the document as it is', () => {
    const { contenders, shapes, parts, partial } = read('--only', 'scanner', '--only', 'flat');
    assert.deepEqual(
      { contenders, shapes, parts, partial },
      { contenders: ['scanner'], shapes: ['flat'], parts: [], partial: true },
    );
    assert.deepEqual(read('--only', 'latency').contenders, []);
    assert.deepEqual(read('--only', 'nested').contenders, CONTENDER_NAMES);
  });

  it('names a mistyped flag or name, with what you probably meant', () => {
    assert.match(refusal('--qick').message, /unknown option '--qick'[\s\S]*--quick/);
    assert.match(refusal('--only', 'scaner').message, /'scaner'.*Did you mean scanner\?/);
    assert.match(refusal('--only', 'everything else').message, /Expected one of gunzip, scanner/);
    assert.match(refusal('quick').message, /too many arguments/);
    assert.match(refusal('--rounds', '2').message, /at least 3/);
    assert.match(refusal('--megabytes', 'many').message, /'many'.*whole number/);
    assert.equal(refusal('--qick').exitCode, 1);
  });

  it('--help lists all flags and exits with 0', () => {
    const { message, exitCode } = refusal('--help');
    assert.match(message, /--quick[\s\S]*--only/);
    assert.equal(exitCode, 0);
  });
});
