import assert from 'node:assert/strict';
import type { Answer, Mode } from '../../acceptance/check';
import { CHECKS } from '../../acceptance/checks';
import { calm, hostile, type Knobs } from '../../simulator';
import { onlySeed } from '../seeds';
import { full } from '../tiers/tier';
import { asked, type Answers, checksOfMode, differing } from './asked';
import { KNOB_ROWS, type KnobRow, UNASKED_KNOBS } from './knob-rows';

/** The soak runs a part of all this with each seed. */
const PARTS = 8;

const NEVER_ASKED = CHECKS.flatMap(({ id, neverAsked }) => (neverAsked === undefined ? [] : [id]));

describe('acceptance: the checks', () => {
  it('each assumption has a check, and each says what it does', () => {
    const ids = new Set(CHECKS.map(({ id }) => id));
    const numbers = Array.from({ length: 26 }, (_, index) => `E${index + 1}`);
    assert.deepEqual(
      numbers.filter((number) => !ids.has(number)),
      [],
    );
    const names = CHECKS.map(({ id, mode }) => `${mode} ${id}`);
    assert.deepEqual(names, [...new Set(names)], 'a run stores its answers by mode and id');
    for (const { id, asks } of CHECKS) assert.match(asks, /^[A-Z].*\.$/, id);
  });

  it('export a table into a bucket of another region, and read it there', async () => {
    const [answer] = (await asked(CHECKS.filter(({ id }) => id === 'cross-region'))).values();
    assert.equal(answer?.verdict, 'holds', answer?.because);
    const { bucketRegion, foundRegion, items } = answer?.observed ?? {};
    assert.deepEqual([bucketRegion, foundRegion, items], ['us-east-1', 'us-east-1', 25]);
  });

  it('notice one knob, and no other check does', async () => {
    const few = checksOfMode('quick').filter(({ id }) => ['E7', 'E10', 'E24'].includes(id));
    assert.deepEqual(differing(await asked(few)), []);
    assert.deepEqual(differing(await asked(few, { creationTimeJitterMs: [2_000, 2_000] })), ['quick E10']);
  });

  const within: readonly (readonly [string, Mode, Partial<Knobs>, number])[] = [
    ['a good day', 'quick', {}, 1],
    ['everything that is allowed', 'quick', hostile, 2],
    ['a good day of 26 hours', 'long', { partitions: 2 }, 3],
    ['everything that is allowed, for 26 hours', 'long', { ...hostile, partitions: 1 }, 4],
    ['items that expire', 'ttl', hostile, 5],
  ];
  for (const [what, mode, knobs, part] of within) {
    if (!isOfPart(part)) continue;
    full.it(`hold with ${what}`, async function () {
      this.timeout(300_000);
      allHold(await asked(checksOfMode(mode), knobs), NEVER_ASKED);
    });
  }

  for (const [index, row] of KNOB_ROWS.entries()) {
    if (!isOfPart(index)) continue;
    full.it(titleOf(row), async function () {
      this.timeout(300_000);
      const answers = await asked(
        checksOfMode(row.mode),
        { ...row.beside, [row.knob]: row.value },
        { meanwhile: row.meanwhile },
      );
      assert.deepEqual(
        differing(answers),
        (row.differs ?? []).map((id) => `${row.mode} ${id}`),
      );
      shows(answers, row);
      allHold(answers, [...NEVER_ASKED, ...(row.unasked ?? []), ...(row.differs ?? [])]);
    });
  }

  it('every knob has a row, or no check that asks', () => {
    const turned = new Set<keyof Knobs>([...KNOB_ROWS.map(({ knob }) => knob), ...UNASKED_KNOBS]);
    assert.deepEqual(
      (Object.keys(calm) as (keyof Knobs)[]).filter((knob) => !turned.has(knob)),
      [],
    );
  });
});

/** Every eighth, from the seed on; mocha alone runs the first eighth. */
function isOfPart(index: number): boolean {
  return index % PARTS === ((onlySeed() ?? 1) - 1) % PARTS;
}

function titleOf({ knob, value, mode, differs = [], shows: observed = {} }: KnobRow): string {
  const ids = differs.length > 0 ? differs : Object.keys(observed);
  const what = differs.length > 0 ? 'only these differ' : 'all hold, and these show it';
  return `${mode}, ${knob} ${JSON.stringify(value)}: ${ids.length > 0 ? `${what}: ${ids.join(', ')}` : 'all hold'}`;
}

function shows(answers: Answers, { mode, shows: expected = {} }: KnobRow): void {
  for (const [id, figures] of Object.entries(expected)) {
    const { observed } = answers.get(`${mode} ${id}`) as Answer;
    const shown = Object.fromEntries(Object.keys(figures).map((name) => [name, observed[name]]));
    assert.deepEqual(shown, figures, id);
  }
}

function allHold(answers: Answers, except: readonly string[]): void {
  const others = [...answers].filter(([name]) => !except.includes(name.split(' ')[1] ?? ''));
  assert.ok(others.length > 0 || answers.size > 0);
  assert.deepEqual(
    others.filter(([, { verdict }]) => verdict !== 'holds'),
    [],
  );
}
