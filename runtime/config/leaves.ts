import { z } from 'zod';

/** One setting of the schema, with its names and description. */
export interface Leaf {
  /** Its name in a file, with dots after groups: `load.connections`. */
  readonly name: string;
  readonly path: readonly string[];
  /** `--load-connections`. */
  readonly flag: string;
  /** `DYNAMODB_REPLICATOR_LOAD_CONNECTIONS`. */
  readonly variable: string;
  readonly description: string;
  readonly example: string;
  /** Placeholder of the value in help texts. */
  readonly placeholder: string;
  readonly schema: z.ZodType;
  /** A secret: no flag takes it, and no message shows it. */
  readonly isSecret: boolean;
  /** `undefined`: none. */
  readonly defaultValue: unknown;
}

export const VARIABLE_PREFIX = 'DYNAMODB_REPLICATOR_';

/** Lists the settings of a schema and its groups, in order. @throws when a setting has no description or example */
export function leavesOf(schema: z.ZodObject, path: readonly string[] = []): Leaf[] {
  return Object.entries(schema.shape).flatMap(([key, inner]) =>
    inner instanceof z.ZodObject
      ? leavesOf(inner, [...path, key])
      : [leaf(inner as z.ZodType, [...path, key])],
  );
}

function leaf(schema: z.ZodType, path: readonly string[]): Leaf {
  const { description, example, flag, placeholder, secret } = schema.meta() ?? {};
  const name = path.join('.');
  if (typeof description !== 'string' || typeof example !== 'string') {
    throw new Error(`The setting ${name} has no description or example.`);
  }
  const words = path.flatMap((step) => step.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
  const absent = schema.safeParse(undefined);
  return {
    name,
    path,
    flag: `--${typeof flag === 'string' ? flag : words.join('-')}`,
    variable: VARIABLE_PREFIX + words.join('_').toUpperCase(),
    description,
    example,
    placeholder: typeof placeholder === 'string' ? placeholder : (words.at(-1) as string).toUpperCase(),
    schema,
    isSecret: secret === true,
    defaultValue: absent.success ? absent.data : undefined,
  };
}
