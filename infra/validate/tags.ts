import { type Problems, problems } from './rules';

/** Source: AWS General Reference, "Tag naming limits and requirements". */
const MOST = 50;

/** Problems of tags. Values that are outputs are not checked. */
export function tagsProblems(tags: Readonly<Record<string, unknown>> = {}): Problems {
  return problems(
    [
      Object.keys(tags).length > MOST,
      'tags',
      `expected at most ${MOST}, as AWS allows no more on a resource`,
    ],
    ...Object.entries(tags).flatMap(([name, text]) => [
      [
        name.length > 128 || name.toLowerCase().startsWith('aws:'),
        `tags.${name}`,
        'expected a name of at most 128 characters that does not begin with aws:',
      ] as const,
      [
        typeof text === 'string' && text.length > 256,
        `tags.${name}`,
        'expected at most 256 characters',
      ] as const,
    ]),
  );
}
