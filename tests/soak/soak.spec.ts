import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readFlags, Usage } from './flags';
import { type Part, PARTS } from './parts';
import { again, type Ended, Soak } from './soak';
import { nextPart } from './turns';

const DAY_MS = 86_400_000;
const flags = (...args: string[]) => readFlags(args, 20_000 * DAY_MS + 5);
const part = (name: string, complete: Part['complete'], size?: number): Part => ({
  name,
  what: name,
  specs: [],
  complete,
  ...(size !== undefined && { size }),
});
const fine = (ms: number) => ({ ms, failed: false, skipped: false });

describe('tests/soak', () => {
  it('runs existing specs, with a unique name for each part', () => {
    for (const { specs } of PARTS)
      for (const spec of specs) assert.ok(existsSync(join(__dirname, '../..', spec)), spec);
    assert.equal(new Set(PARTS.map(({ name }) => name)).size, PARTS.length);
  });

  it('runs the long counts with --complete', () => {
    const counts = Object.fromEntries(
      PARTS.map(({ name, complete }) => [name, [complete.seeds, complete.size ?? 1]]),
    );
    assert.deepEqual(
      ['memory', 'duckdb', 'postgres', 'sockets'].map((stage) => counts[`schedules-${stage}`]),
      [
        [5_000, 1],
        [200, 1],
        [200, 1],
        [20, 1],
      ],
    );
    // Ten rounds of ten kills, ten times two kills of a server, a hundred times 2,000 items.
    for (const name of ['kills-duckdb', 'kills-postgres', 'server-kills'])
      assert.deepEqual(counts[name], [1, 10]);
    for (const name of ['exactness-duckdb', 'exactness-postgres']) assert.deepEqual(counts[name], [1, 100]);
  });

  it('begins each day with seeds that the day before does not reach', () => {
    assert.equal(flags().seed, 20_000 * 50_000);
    assert.ok(flags().seed < 2 ** 31);
    assert.equal(readFlags([], 20_001 * DAY_MS).seed - flags().seed, 50_000);
  });

  it('reports what is wrong with its arguments, and lists the parts', () => {
    for (const args of [
      ['--only', 'nothing'],
      ['--minutes', 'many'],
      ['--seed', '1.5'],
      ['--complete', '--seed', '1'],
      ['x'],
    ])
      assert.throws(
        () => flags(...args),
        (error) => error instanceof Usage && error.message.includes('schedules-memory'),
      );
  });

  it('gives every part the same time, however long its seeds take', () => {
    const soak = new Soak([part('long', { seeds: 1 }), part('short', { seeds: 1 })], flags('--seed', '7'));
    const spent = { long: 0, short: 0 };
    for (let turns = 0; turns < 110; turns++) {
      const turn = soak.next()!;
      const name = turn.part.name as keyof typeof spent;
      const ms = name === 'long' ? 1_000 : 10;
      spent[name] += ms;
      soak.ended(turn, fine(ms));
    }
    assert.ok(Math.abs(spent.long - spent.short) <= 1_000, JSON.stringify(spent));
  });

  it('counts running seeds with their expected time', () => {
    const spent = new Map([
      ['long', { seeds: 1, ms: 500 }],
      ['short', { seeds: 50, ms: 600 }],
    ]);
    assert.equal(nextPart(['long', 'short'], spent, []), 'long');
    assert.equal(nextPart(['long', 'short'], spent, ['long']), 'short');
  });

  it('goes from seed to seed, and ends when all requested ones are taken', () => {
    const soak = new Soak([part('only', { seeds: 9 })], flags('--seed', '7', '--seeds', '2'));
    const seeds = [soak.next(), soak.next(), soak.next()].map((turn) => turn?.seed);
    assert.deepEqual(seeds, [7, 8, undefined]);
  });

  it('prints the command that runs a failed seed again, with its size', () => {
    const soak = new Soak([part('some', { seeds: 1, size: 10 }, 2)], flags('--complete'));
    const turn = soak.next()!;
    assert.deepEqual([turn.seed, turn.size], [1, 10]);
    soak.ended(turn, { ms: 1, failed: true, skipped: false });
    assert.equal(soak.failures[0]?.command, 'SIZE=10 npm run soak -- --only some --seed 1 --seeds 1');
    assert.equal(again({ ...turn, size: 2 }), 'npm run soak -- --only some --seed 1 --seeds 1');
    assert.match(soak.table(), / 1 +0\.0 {2}some +some \(1 FAILED\)/);
  });

  it('fails a seed that never ends, and prints the command that runs it', () => {
    const soak = new Soak([part('some', { seeds: 9 })], flags('--seed', '7'));
    soak.ended(soak.next()!, fine(1));
    soak.next();
    assert.equal(soak.giveUp(), 1);
    assert.deepEqual(
      soak.failures.map(({ command }) => command),
      ['npm run soak -- --only some --seed 8 --seeds 1'],
    );
    assert.equal(soak.passed, 1);
  });

  it('reports how many seeds reached the goal of a part, and fails if too few of enough did', () => {
    const heals = { ...part('heals', { seeds: 1 }), goal: { figure: 'published a heal', share: 1 / 3 } };
    const after = (seeds: number, reached: number) => {
      const soak = new Soak([heals], flags());
      for (let i = 0; i < seeds; i++) {
        const figures: Ended['figures'] = i < reached ? { 'published a heal': 2 } : {};
        soak.ended(soak.next()!, { ...fine(1), figures });
      }
      return soak;
    };
    assert.match(after(60, 20).table(), / 60 .* heals; 20 published a heal/);
    assert.deepEqual(after(60, 20).missed, []);
    assert.deepEqual(after(60, 19).missed, [
      'heals: 19 of 60 seeds published a heal; at least 20 should have',
    ]);
    assert.deepEqual(after(20, 0).missed, [], 'too few seeds to say');
  });

  it('expects a heal of a third of the schedules of every stage', () => {
    const schedules = PARTS.filter(({ name }) => name.startsWith('schedules-'));
    assert.equal(schedules.length, 4);
    for (const { goal } of schedules) assert.deepEqual(goal, { figure: 'published a heal', share: 1 / 3 });
  });

  it('does not return to a part that cannot be run here', () => {
    const soak = new Soak([part('some', { seeds: 9 })], flags());
    soak.ended(soak.next()!, { ms: 1, failed: false, skipped: true });
    assert.equal(soak.next(), undefined);
    assert.match(soak.table(), /some \(cannot be run here\)/);
  });
});
