import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import schema from '../../infra/schema.json';

const PROGRAM = join(__dirname, '../../examples/yaml-consumer/Pulumi.yaml');
const PACKAGE = 'dynamodb-replicator';

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
}

interface Type {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly enum?: readonly { readonly value: string }[];
}

interface Component extends Type {
  readonly inputProperties: Readonly<Record<string, Property>>;
  readonly requiredInputs?: readonly string[];
}

interface Program {
  readonly resources: Readonly<Record<string, { readonly type: string; readonly properties: object }>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, string>>;
}

const components = schema.resources as unknown as Readonly<Record<string, Component>>;
const types = schema.types as unknown as Readonly<Record<string, Type>>;

/** Checks a value against the schema as Pulumi's YAML runtime does. @param at path for the failure's message */
function conforms(value: unknown, property: Property | undefined, at: string): void {
  assert.ok(property, `${at}: the schema has no such property`);
  if (typeof value === 'string' && /^\$\{.+\}$/.test(value)) return;
  if (property.$ref !== undefined) {
    const type = types[property.$ref.replace('#/types/', '')];
    assert.ok(type, `${at}: no type ${property.$ref}`);
    if (type.enum)
      assert.ok(
        type.enum.some((one) => one.value === value),
        `${at}: ${String(value)}`,
      );
    else objectConforms(value, type.properties ?? {}, type.required ?? [], at);
  } else if (property.type === 'array') {
    assert.ok(Array.isArray(value), at);
    value.forEach((item, index) => conforms(item, property.items, `${at}[${index}]`));
  } else assert.equal(typeof value, property.type === 'integer' ? 'number' : property.type, at);
}

function objectConforms(
  value: unknown,
  properties: Readonly<Record<string, Property>>,
  required: readonly string[],
  at: string,
): void {
  assert.ok(typeof value === 'object' && value !== null, at);
  for (const name of required) assert.ok(name in value, `${at}.${name} is needed`);
  for (const [name, inner] of Object.entries(value)) conforms(inner, properties[name], `${at}.${name}`);
}

describe('the example in YAML', () => {
  const program = parse(readFileSync(PROGRAM, 'utf8')) as Program;

  it('names components and properties that the package has', () => {
    for (const [name, { type, properties }] of Object.entries(program.resources)) {
      // YAML may omit the module `index`.
      const [, component] = type.split(':');
      const found = components[`${PACKAGE}:index:${component}`];
      assert.ok(found, type);
      objectConforms(properties, found.inputProperties, found.requiredInputs ?? [], name);
    }
  });

  it('reads outputs that its resources have, and configuration that it declares', () => {
    const text = readFileSync(PROGRAM, 'utf8');
    for (const [, reference = ''] of text.matchAll(/\$\{([^}]+)\}/g)) {
      const [name = '', output] = reference.split('.');
      const resource = program.resources[name];
      if (resource === undefined || output === undefined) assert.ok(name in program.config, reference);
      else {
        const [, component] = resource.type.split(':');
        assert.ok(components[`${PACKAGE}:index:${component}`]?.properties?.[output], reference);
      }
    }
  });

  it('would be refused with a name that the package does not have', () => {
    const { inputProperties } = components[`${PACKAGE}:index:DynamoDBReplicator`] as Component;
    for (const wrong of [{ tabels: [] }, { network: { vpcNames: 'x' } }, { task: { architecture: 'RISC' } }])
      assert.throws(() => objectConforms(wrong, inputProperties, [], 'replicator'), assert.AssertionError);
  });
});
