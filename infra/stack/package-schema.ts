import schema from '../schema.json';

/** The part of the package's own schema that a stack's configuration needs: types by name, and references to them. Pure. */

/** Name of the Pulumi project, the prefix of each configuration key. */
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

/** A property that refers to the type of that name. */
export function referenceTo(name: string): Property {
  return { $ref: REFERENCE + name };
}

/** Name of the type that a property refers to; `undefined` for a plain type. */
export function typeNameOf({ $ref }: Property): string | undefined {
  return $ref?.startsWith(REFERENCE) ? $ref.slice(REFERENCE.length) : undefined;
}

export function typeNamed(name: string): Type {
  return (schema.types as unknown as Readonly<Record<string, Type>>)[TYPE + name] ?? {};
}
