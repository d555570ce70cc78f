import { z } from 'zod';
import type { DestinationKind } from '../destinations/kind';

/** The setting `to`, for these kinds of destination. */
export function destinationLocation(kinds: readonly DestinationKind[]) {
  const either = (texts: readonly string[]) => texts.join(', or ');
  const expected = `expected ${either(kinds.map(({ location }) => location.expected))}`;
  const exactly = `expected ${either(kinds.map(({ location }) => location.form))}`;
  const isOne = (to: string) => kinds.some((kind) => kind.matches(to));
  return z
    .string({ error: expected })
    .refine((to) => isOne(to) || !/^[a-z][a-z0-9+.-]+:\/\//i.test(to), {
      error: `${expected}; other destinations are not supported`,
      abort: true,
    })
    .refine(isOne, { error: exactly })
    .optional()
    .meta({
      description: `Where the rows go: ${either(kinds.map(({ location }) => location.description))}.`,
      example: kinds[0]?.location.example,
      placeholder: kinds.map(({ location }) => location.placeholder).join('|'),
    });
}
