import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assumptionSection, assumptionsIn } from '../../acceptance/assumptions';
import { calm, hostile, type Knobs } from '../../simulator';
import { rulesOf } from './rule-tests';

const ROOT = join(__dirname, '../..');
const SPEC = readFileSync(join(ROOT, 'docs/SPEC.md'), 'utf8');
const ASSUMPTIONS = assumptionsIn(SPEC);

/** Source of the simulator, without the definition of the knobs. */
const SIMULATOR = readdirSync(join(ROOT, 'simulator'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'knobs.ts')
  .map((file) => readFileSync(join(ROOT, 'simulator', file), 'utf8'))
  .join('\n');

describe('docs/SPEC.md, what we assume of AWS', () => {
  it('is numbered', () => {
    assert.ok(ASSUMPTIONS.length > 20);
    assert.deepEqual(
      ASSUMPTIONS.map(({ number }) => number),
      ASSUMPTIONS.map((_, i) => `E${i + 1}`),
    );
    assert.equal(
      assumptionSection(SPEC).match(/^\| E/gm)?.length,
      ASSUMPTIONS.length,
      'every row has four cells',
    );
  });

  for (const { number, rules, knobs } of ASSUMPTIONS) {
    it(`${number} names knobs that the simulator uses, and existing rules`, () => {
      assert.ok(knobs.length > 0, 'it names no knob');
      for (const knob of knobs) {
        assert.ok(Object.hasOwn(calm, knob), `there is no knob ${knob}`);
        assert.match(SIMULATOR, new RegExp(`\\b${knob}\\b`), `nothing uses ${knob}`);
      }
      const known = [
        ...rulesOf(SPEC).map((rule) => rule.number),
        ...[...SPEC.matchAll(/^\| (F\d.*?) \|/gm)].flatMap(([, row = '']) => row.split(', ')),
      ];
      assert.deepEqual(
        rules.filter((rule) => !known.includes(rule)),
        [],
      );
    });
  }

  it('names every knob', () => {
    const named = new Set(ASSUMPTIONS.flatMap(({ knobs }) => knobs));
    assert.deepEqual(
      Object.keys(calm).filter((knob) => !named.has(knob)),
      [],
    );
  });

  it('is tested close to each limit, and not beyond', () => {
    const bounds = ASSUMPTIONS.flatMap(({ statement, knobs }) => {
      const [, most] = /at most (\d+)(?: s\b| empty)/.exec(statement) ?? [];
      return most === undefined ? [] : knobs.map((knob) => [knob as keyof Knobs, Number(most)] as const);
    });
    assert.ok(bounds.length >= 6);
    for (const [knob, bound] of bounds) {
      const tried = mostOf(hostile[knob]);
      if (tried === undefined) continue;
      assert.ok(tried <= bound, `${knob}: ${tried} is beyond ${bound}`);
      assert.ok(tried >= 0.9 * bound, `${knob}: ${tried} is far from ${bound}`);
    }
  });
});

/** Seconds of a duration, or pages in a row; `undefined` for other knobs. */
function mostOf(value: Knobs[keyof Knobs]): number | undefined {
  if (typeof value === 'number') return value / 1_000;
  if (typeof value !== 'object') return undefined;
  if ('most' in value) return value.most;
  return value[1] / 1_000;
}
