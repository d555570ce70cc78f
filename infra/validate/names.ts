import type { NameSettings } from '../arguments/names';
import { type Problems, problems, under } from './rules';

/** Longest prefix with which the names of every kind are whole, except those of buckets in regions with long names. */
const MOST = 40;

/** Problems in the names of a component's resources. */
export function nameProblems({ prefix }: NameSettings = {}): Problems {
  return under(
    'names',
    problems([
      prefix !== undefined &&
        (prefix.length > MOST || !/^[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/.test(prefix)),
      'prefix',
      `expected at most ${MOST} letters, digits, - and _, such as orders-dev: a letter first, and no - or _ at the end`,
    ]),
  );
}
