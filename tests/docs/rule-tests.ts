import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from '../mutations/mutation';
import { QUICK_SEEDS } from '../simulation/random-schedules';
import { FULL_FILE } from '../tiers/tier';

/** Where a test is run: by `npm test`, or only by `npm run test:full`; of tests made in a loop, some may be in both. */
export type TestTier = 'npm test' | 'full' | 'partly full';

/** A test as it stands in its file. */
export interface WrittenTest {
  readonly file: string;
  readonly title: string;
  readonly tier: TestTier;
  /** Of a title that begins with numbers of rules, such as `S1, S2: …`. */
  readonly rules: readonly string[];
}

const TEST = /(full\.|quickIf\([^\n]*\)\.|test\.|\b)it\(\s*(['`"])((?:\\.|(?!\2)[^\\])*)\2/g;
const RULES = /^((?:[A-Z]\d{1,2}[, ]*)+):/;

/** Every test of the tree, by file and place. */
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
  /** All of it is for later. */
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

/** SPEC.md with its last section made anew from the tests, and what notices when a rule is switched off. */
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
      .map((mutation) => `- without it, as in “${escaped(mutation.what)}”: ${noticedBy(mutation, tests)}`);
    lines.push(...noticed);
    return `**${number}**${planned ? ' planned' : ''}\n\n${lines.join('\n')}`.trimEnd();
  });
  const introduction = [
    'Written by `npm run docs` from the titles of the tests and from `tests/mutations`. A test is in `npm test` unless it says',
    '“full”: then `npm run test:full` runs it. “Partly full”: it stands for many, of which `npm test` has the first. All that is',
    'random goes on in `npm run soak`, with other seeds.',
  ].join('\n');
  return `${before}\n\n${HEADING}\n\n${introduction}\n\n${sections.join('\n\n')}\n`;
}

const escaped = (title: string) => title.replace(/([*_<])/g, '\\$1');

/** What fails where a rule is switched off, and the tier that runs it. */
function noticedBy({ by }: Mutation, tests: readonly WrittenTest[]): string {
  if ('seeds' in by) {
    const [first, last] = by.seeds;
    return `one of the seeds ${first} to ${last} in memory (${last <= QUICK_SEEDS ? 'npm test' : 'full'})`;
  }
  const found = tests.filter(({ file, title }) => file === by.spec && new RegExp(by.title).test(title));
  const tier = found.every((test) => test.tier === 'full') && found.length > 0 ? 'full' : 'npm test';
  return `\`${by.spec}\` (${FULL_FILE.test(by.spec) ? 'full' : tier})`;
}
