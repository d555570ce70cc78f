import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A test whose title begins with numbers of rules, such as `S1, S2: …`. */
export interface RuleTest {
  readonly file: string;
  readonly title: string;
  readonly rules: readonly string[];
}

const TITLE = /\bit\(\s*(['"`])((?:[A-Z]\d{1,2}[, ]*)+):((?:\\.|(?!\1)[^\\])*)\1/g;

/** Every test of the tree that names rules, by file and place. */
export function ruleTests(root: string): RuleTest[] {
  return specs(join(root, 'tests')).flatMap((path) => {
    const file = path.slice(root.length + 1).replaceAll('\\', '/');
    return [...readFileSync(path, 'utf8').matchAll(TITLE)].map(([, , numbers = '', text = '']) => ({
      file,
      title: `${numbers}:${text}`.replace(/\\(.)/g, '$1'),
      rules: numbers.split(/[, ]+/).filter((rule) => rule !== ''),
    }));
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

/** SPEC.md with its last section made anew from the tests. */
export function withTests(spec: string, tests: readonly RuleTest[]): string {
  const before = spec.split(`\n${HEADING}\n`)[0]?.trimEnd() ?? '';
  const sections = rulesOf(before).map(({ number, planned }) => {
    const lines = tests
      .filter(({ rules }) => rules.includes(number))
      .map(({ file, title }) => `- ${title.replace(/([*_<])/g, '\\$1')} (\`${file}\`)`);
    return `**${number}**${planned ? ' planned' : ''}\n\n${lines.join('\n')}`.trimEnd();
  });
  const introduction = 'Written by `npm run docs` from the titles of the tests.';
  return `${before}\n\n${HEADING}\n\n${introduction}\n\n${sections.join('\n\n')}\n`;
}
