import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A row of *What we assume of AWS* in docs/SPEC.md. */
export interface Assumption {
  /** `E7` */
  readonly number: string;
  readonly statement: string;
  readonly rules: readonly string[];
  readonly knobs: readonly string[];
}

const HEADING = '\n## What we assume of AWS\n';
const ROW = /^\| (E\d+) +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm;

/** The section's text; empty without it. */
export function assumptionSection(spec: string): string {
  const after = spec.split(HEADING)[1] ?? '';
  return after.slice(0, after.indexOf('\n## '));
}

/** All assumptions, in the order of their numbers. @param spec text of docs/SPEC.md */
export function assumptionsIn(spec: string): readonly Assumption[] {
  return [...assumptionSection(spec).matchAll(ROW)].map(
    ([, number = '', statement = '', rules = '', knobs = '']) => ({
      number,
      statement,
      rules: rules.split(', '),
      knobs: [...knobs.matchAll(/`(\w+)`/g)].map(([, knob = '']) => knob),
    }),
  );
}

/** Those of this checkout. */
export const readAssumptions = (): readonly Assumption[] =>
  assumptionsIn(readFileSync(join(__dirname, '../docs/SPEC.md'), 'utf8'));
