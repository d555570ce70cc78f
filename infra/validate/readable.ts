import type { z } from 'zod';
import { leaves } from '../../runtime/config';
import { problemsOf } from '../../runtime/config/issues';
import type { Rule } from './rules';

/** Rule: the replicator can read a given value. Rule and message are the replicator's own. Outputs are not checked. */
export function readable(argument: string, value: unknown, schema: z.ZodType): Rule {
  const read = typeof value === 'object' ? undefined : schema.safeParse(value);
  if (value === undefined || read === undefined || read.success) return [false, argument, ''];
  const [found] = problemsOf(argument, { value, origin: '' }, read.error.issues, []);
  return [true, argument, found?.problem ?? ''];
}

/** The same rule for one of the replicator's settings. */
export function readableSetting(argument: string, value: unknown, setting: string): Rule {
  const leaf = leaves.find(({ name }) => name === setting);
  if (leaf === undefined) throw new RangeError(`The replicator has no setting ${setting}.`);
  return readable(argument, value, leaf.schema as z.ZodType);
}
