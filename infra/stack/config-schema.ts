import { GROUPS, NOT_IN_CONFIGURATION } from './config-shape';
import { PROJECT, type Property, type Type, typeNamed, typeNameOf } from './package-schema';

/**
 * JSON Schemas of a stack's file and of a team's file of tables, derived from the package's own schema. With them an editor
 * completes keys and marks what the program would refuse. Pure; `npm run schema` writes them to schemas/.
 */

type Node = Readonly<Record<string, unknown>>;

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** Descriptions of the keys that are not groups of arguments. */
const TEXTS = {
  destinationPassword: 'The password. Set it as a secret: pulumi config set --secret destinationPassword.',
  accountId:
    'Account that the stack belongs to: 12 digits, in quotes. Credentials of another account are refused.',
  tags: 'Tags of every resource.',
} as const;

/** Schema of `Pulumi.<stack>.yaml`. Keys of other namespaces, such as `aws:region`, are not checked. */
export function stackFileSchema(): Node {
  const keys = Object.entries(GROUPS).map(
    ([key, group]) => [`${PROJECT}:${key}`, keySchema(key, group)] as const,
  );
  return {
    $schema: DRAFT,
    title: 'Configuration of a dynamodb-replicator stack',
    type: 'object',
    properties: {
      config: {
        type: 'object',
        properties: Object.fromEntries(keys),
        patternProperties: { [`^(?!${PROJECT}:)`]: {} },
        additionalProperties: false,
      },
    },
    definitions: definitions(),
  };
}

/** Schema of `tables/<team>.yaml`: name of a stack → tables. */
export function teamTablesSchema(): Node {
  return {
    $schema: DRAFT,
    title: 'Tables of a team to replicate, by stack',
    type: 'object',
    additionalProperties: { type: 'array', items: { $ref: '#/definitions/ReplicatedTable' } },
    definitions: definitions(),
  };
}

function keySchema(key: string, group: string | undefined): Node {
  if (group === 'texts')
    return { type: 'object', description: TEXTS.tags, additionalProperties: { type: 'string' } };
  if (key === 'destinationPassword') {
    const secret = { type: 'object', properties: { secure: { type: 'string' } }, required: ['secure'] };
    return { description: TEXTS.destinationPassword, ...secret, additionalProperties: false };
  }
  if (group === undefined) return { type: 'string', pattern: '^[0-9]{12}$', description: TEXTS.accountId };
  return group.endsWith('[]')
    ? { type: 'array', items: { $ref: `#/definitions/${group.slice(0, -2)}` } }
    : { $ref: `#/definitions/${group}` };
}

/** Every type that a configuration can contain. */
function definitions(): Node {
  const names = [...new Set(Object.values(GROUPS))]
    .filter((group) => group !== undefined && group !== 'texts')
    .map((group) => String(group).replace(/\[\]$/, ''));
  const found = new Map<string, Node>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    const type = typeNamed(name);
    found.set(name, {});
    found.set(name, type.enum === undefined ? objectSchema(name, type, add) : enumSchema(type));
  };
  names.forEach(add);
  return Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function enumSchema({ description, enum: values = [] }: Type): Node {
  return { ...(description && { description }), enum: values.map(({ value }) => value) };
}

function objectSchema(name: string, type: Type, add: (name: string) => void): Node {
  const properties = Object.entries(type.properties ?? {}).filter(
    ([key]) => NOT_IN_CONFIGURATION[`${name}.${key}`] === undefined,
  );
  return {
    ...(type.description && { description: type.description }),
    type: 'object',
    properties: Object.fromEntries(properties.map(([key, property]) => [key, propertySchema(property, add)])),
    ...(type.required && { required: type.required }),
    additionalProperties: false,
  };
}

function propertySchema(property: Property, add: (name: string) => void): Node {
  const { type, items, additionalProperties, description } = property;
  const documented = description === undefined ? {} : { description };
  const name = typeNameOf(property);
  if (name !== undefined) {
    add(name);
    // In this draft, `$ref` hides its siblings, so `allOf` wraps it to keep the description.
    return { ...documented, allOf: [{ $ref: `#/definitions/${name}` }] };
  }
  if (type === 'array') return { ...documented, type, items: propertySchema(items ?? {}, add) };
  if (type === 'object')
    return { ...documented, type, additionalProperties: propertySchema(additionalProperties ?? {}, add) };
  return type === undefined ? documented : { ...documented, type };
}
