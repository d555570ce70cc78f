import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Answer } from '../../../acceptance/check';

/** Errors that say nothing about what was asked. */
export const THROTTLED = 'ThrottlingException';
export const DENIED = 'AccessDeniedException';

/** An export that had not ended. */
export const UNFINISHED = { incomplete: 'The export had not ended after 1 hour.', hasFailed: false };

/** An answer, and its verdict; a pattern is the reason of one that differs. */
export type Case = readonly [what: string, answer: Answer, expected: 'holds' | 'not asked' | RegExp];

export interface Judged {
  /** By assumption. */
  readonly cases: Readonly<Record<string, readonly Case[]>>;
  /** By the name of the function: what it makes of nothing observed, or of requests that AWS refused to answer. */
  readonly ofNothing: Readonly<Record<string, readonly Answer[]>>;
}

/** Where the sources of the checks are. */
export const CHECK_FILES = join(__dirname, '../../../acceptance/checks');

const read = createRequire(__filename);

/** The functions of one source file that make an answer of observations. */
export const judgesIn = (path: string): readonly string[] =>
  Object.keys(read(path) as object)
    .filter((name) => name.startsWith('judge'))
    .sort();

/** Tests of all functions that judge in one source file of the checks. @param path relative to them */
export function judges(path: string, { cases, ofNothing }: Judged): void {
  describe(`acceptance: ${path} makes of nothing`, () => {
    it('each function has a row', () => {
      assert.deepEqual(Object.keys(ofNothing).sort(), judgesIn(join(CHECK_FILES, path)));
    });

    for (const [name, answers] of Object.entries(ofNothing))
      it(`${name}: nothing observed is not asked, with the reason`, () => {
        assert.ok(answers.length > 0);
        for (const [index, { verdict, because = '' }] of answers.entries()) {
          assert.equal(verdict, 'not asked', `row ${index}: ${because}`);
          assert.match(because, /^[A-Z].*\.$/);
        }
      });
  });

  describe(`acceptance: ${path} makes of observations`, () => {
    for (const [assumption, rows] of Object.entries(cases))
      for (const [what, answer, expected] of rows)
        it(`${assumption.replace(/^E/, 'assumption E')}: ${what}`, () => {
          if (typeof expected === 'string') {
            assert.equal(answer.verdict, expected, answer.because);
            return;
          }
          assert.equal(answer.verdict, 'differs');
          assert.match(answer.because ?? '', expected);
        });

    it('figures are JSON without infinities', () => {
      for (const [, answer] of Object.values(cases).flat())
        for (const [name, figure] of Object.entries(answer.observed))
          if (typeof figure === 'number' && answer.verdict === 'holds')
            assert.ok(Number.isFinite(figure), name);
    });
  });
}
