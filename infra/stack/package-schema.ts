import schema from '../schema.json';

/** The package's own schema, as far as a stack's configuration goes by it: types by name, and what refers to them. Pure. */

/** Name of Pulumi's project, which stands before each key of a configuration. */
export const PROJECT = 'dynamodb-replicator';

export interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly description?: string;
}

export interface Type {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly enum?: readonly { readonly value: string | number }[];
}

const TYPE = `${PROJECT}:index:`;
const REFERENCE = `#/types/${TYPE}`;

/** A property of the type of that name. */
export function referenceTo(name: string): Property {
  return { $ref: REFERENCE + name };
}

/** Name of the type that a property is of; `undefined` where it is a plain one. */
export function typeNameOf({ $ref }: Property): string | undefined {
  return $ref?.startsWith(REFERENCE) ? $ref.slice(REFERENCE.length) : undefined;
}

export function typeNamed(name: string): Type {
  return (schema.types as unknown as Readonly<Record<string, Type>>)[TYPE + name] ?? {};
}
