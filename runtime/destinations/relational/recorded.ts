import { z } from 'zod';
import type { KeySchema } from '../../item/attribute-value';
import type { Column } from '../../item/column';
import { keyColumns } from './columns';

/*
 * What the bookkeeping records as JSON. Somebody may have changed the text: then none of it is used, and no message has it.
 */

const keyAttribute = z.object({ name: z.string(), type: z.enum(['S', 'N', 'B']) });
const keySchema = z.object({ partition: keyAttribute, sort: keyAttribute.optional() });

const column = z.object({
  attribute: z.string(),
  name: z.string().min(1),
  type: z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['text', 'binary', 'boolean', 'json']) }),
    z.object({
      kind: z.literal('number'),
      integerDigits: z.int().positive(),
      scale: z.int().nonnegative(),
      int64: z.boolean(),
    }),
  ]),
  role: z.enum(['partition key', 'sort key', 'attribute', 'rest', 'document']),
});

/** `undefined`: it cannot be read. */
export function recordedColumn(text: string): Column | undefined {
  return column.safeParse(parsed(text)).data as Column | undefined;
}

/** `undefined`: it cannot be read. */
export function recordedKey(text: string): KeySchema | undefined {
  return keySchema.safeParse(parsed(text)).data as KeySchema | undefined;
}

const KEY_TYPES = { text: 'S', number: 'N', binary: 'B' } as const;

/** The key of the recorded columns, which have it too. `undefined`: no columns are recorded. */
export function keyOfColumns(columns: readonly Column[]): KeySchema | undefined {
  const attributes = keyColumns(columns).map(({ attribute: name, type }) => ({
    name,
    type: KEY_TYPES[type.kind as keyof typeof KEY_TYPES],
  }));
  const [partition, sort] = attributes;
  return partition && { partition, ...(sort !== undefined && { sort }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
