import type { z } from 'zod';
import { jsonValue } from '../setting-values';
import { nearest } from './nearest';
import type { Given, Problem } from './problems';

/** Describes in the user's words why a value of the setting `name` is invalid. */
export function problemsOf(
  name: string,
  given: Given | undefined,
  issues: readonly z.core.$ZodIssue[],
  fields: readonly string[],
): Problem[] {
  const read = asRead(given?.value);
  return issues.flatMap((issue) => {
    const setting = name + inside(issue.path);
    const origin = given?.origin;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        setting: `${setting}.${key}`,
        origin,
        problem: `no such setting${didYouMean(key, fields)}`,
      }));
    }
    if (issue.code === 'invalid_value') {
      const value = valueAt(read, issue.path);
      const allowed = issue.values.map(String);
      const hint = typeof value === 'string' ? didYouMean(value, allowed) : '';
      return [{ setting, origin, problem: `expected ${oneOf(allowed)}${hint}` }];
    }
    const problem = misread(issue, valueAt(read, issue.path)) ?? inWords(issue);
    return [{ setting, origin, problem }];
  });
}

/** The value in which the paths of issues lead: the content of a list or object that a variable gives as JSON. */
function asRead(value: unknown): unknown {
  const isJson = typeof value === 'string' && /^\s*[[{]/.test(value);
  return isJson ? (jsonValue(value) ?? value) : value;
}

function oneOf(allowed: readonly string[]): string {
  return allowed.length > 2 ? `one of ${allowed.join(', ')}` : allowed.join(' or ');
}

/** The problem of an unquoted name that a file reads as a number, `true` or `null`; `undefined` for any other issue. */
function misread(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  const isText = issue.code === 'invalid_type' && ['string', 'object', 'array'].includes(issue.expected);
  if (!isText || !(value === null || ['number', 'boolean', 'bigint'].includes(typeof value)))
    return undefined;
  const what = typeof value === 'number' ? `the number ${value}` : String(value);
  return `expected text, but it is read as ${what}; quote it`;
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** Uses the schema's own message if it has one, as the library's messages name its types. */
function inWords(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('expected ')) return issue.message;
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`;
  const inUnits = (count: number | bigint) => {
    if (!('origin' in issue) || issue.origin !== 'string') return String(count);
    return `${count} character${Number(count) === 1 ? '' : 's'}`;
  };
  if (issue.code === 'too_small') return `expected at least ${inUnits(issue.minimum)}`;
  if (issue.code === 'too_big') return `expected at most ${inUnits(issue.maximum)}`;
  return issue.message;
}

/** `; did you mean …?`, or an empty string when no known name is close. */
export function didYouMean(mistyped: string, known: Iterable<string>): string {
  const suggestion = nearest(mistyped, known);
  return suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
}

function inside(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], value);
}
