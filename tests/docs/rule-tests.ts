import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from '../mutations/mutation';
import { QUICK_SEEDS } from '../simulation/random-schedules';
import { FULL_FILE } from '../tiers/tier';

/** Which command runs a test: `npm test`, or only `npm run test:full`. Of tests in a loop, `npm test` may run some. */
export type TestTier = 'npm test' | 'full' | 'partly full';

/** A test as written in its file. */
export interface WrittenTest {
  readonly file: string;
  readonly title: string;
  readonly tier: TestTier;
  /** The rules that the title begins with, as in `S1, S2: …`. */
  readonly rules: readonly string[];
}

const TEST = /(full\.|quickIf\([^\n]*\)\.|test\.|\b)it\(\s*(['`"])((?:\\.|(?!\2)[^\\])*)\2/g;
const RULES = /^((?:[A-Z]\d{1,2}[, ]*)+):/;

/** Every test, in the order of files and lines. */
export function writtenTests(root: string): WrittenTest[] {
  return specs(join(root, 'tests')).flatMap((path) => {
    const file = path.slice(root.length + 1).replaceAll('\\', '/');
    return [...readFileSync(path, 'utf8').matchAll(TEST)].map(
      ([, made = '', , written = '']): WrittenTest => {
        const title = written.replace(/\\(.)/g, '$1');
        const some = made === '' ? 'npm test' : 'partly full';
        return {
          file,
          title,
          tier: FULL_FILE.test(file) || made === 'full.' ? 'full' : some,
          rules:
            RULES.exec(title)?.[1]
              ?.split(/[, ]+/)
              .filter((rule) => rule !== '') ?? [],
        };
      },
    );
  });
}

function specs(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(folder, name));
}

/** A rule of docs/SPEC.md. */
export interface Rule {
  readonly number: string;
  readonly text: string;
  /** The rule is not implemented yet. */
  readonly planned: boolean;
}

export function rulesOf(spec: string): Rule[] {
  return [...spec.matchAll(/^### ([A-Z]\d+) .*\n([\s\S]*?)(?=^##|(?![\s\S]))/gm)].map(
    ([, number = '', text = '']) => ({
      number,
      text,
      planned: text.trimStart().startsWith('*Planned'),
    }),
  );
}

const HEADING = '## Tests of the rules';

/** SPEC.md with its last section rewritten: the tests of each rule, and those that fail when it is broken. */
export function withTests(
  spec: string,
  tests: readonly WrittenTest[],
  mutations: readonly Mutation[],
): string {
  const before = spec.split(`\n${HEADING}\n`)[0]?.trimEnd() ?? '';
  const sections = rulesOf(before).map(({ number, planned }) => {
    const lines = tests
      .filter(({ rules }) => rules.includes(number))
      .map(
        ({ file, title, tier }) =>
          `- ${escaped(title)} (\`${file}\`${tier === 'npm test' ? '' : `, ${tier}`})`,
      );
    const noticed = mutations
      .filter(({ rule }) => rule === number)
      .map((mutation) => `- if ${escaped(mutation.what)}: caught by ${noticedBy(mutation, tests)}`);
    lines.push(...noticed);
    return `**${number}**${planned ? ' planned' : ''}\n\n${lines.join('\n')}`.trimEnd();
  });
  const introduction = [
    '`npm run docs` writes this section from the titles of the tests and from `tests/mutations`, which break each rule on purpose:',
    'a line with “if” names such a change and the test that catches it. `npm test` runs all these tests except those marked “full”,',
    'which `npm run test:full` runs. “Partly full” marks tests made in a loop, of which `npm test` runs the first. `npm run soak`',
    'continues the random tests with other seeds.',
  ].join('\n');
  return `${before}\n\n${HEADING}\n\n${introduction}\n\n${sections.join('\n\n')}\n`;
}

const escaped = (title: string) => title.replace(/([*_<])/g, '\\$1');

/** The test that fails when a rule is broken, and the tier that runs it. */
function noticedBy({ by }: Mutation, tests: readonly WrittenTest[]): string {
  if ('seeds' in by) {
    const [first, last] = by.seeds;
    return `one of the seeds ${first} to ${last} in memory (${last <= QUICK_SEEDS ? 'npm test' : 'full'})`;
  }
  const found = tests.filter(({ file, title }) => file === by.spec && new RegExp(by.title).test(title));
  const tier = found.every((test) => test.tier === 'full') && found.length > 0 ? 'full' : 'npm test';
  return `\`${by.spec}\` (${FULL_FILE.test(by.spec) ? 'full' : tier})`;
}
