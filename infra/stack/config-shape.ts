import { didYouMean } from '../../runtime/config/issues';
import type { ArgumentProblem } from '../errors';
import { type Property, referenceTo, type Type, typeNamed, typeNameOf } from './package-schema';

/**
 * Checks the stack's configuration against the package's own schema. A configuration is YAML, so the mistakes that
 * TypeScript finds in a program have to be found here. Pure.
 */

/** Each key of the configuration and the type of its value; `undefined` for keys that are not groups of arguments. */
export const GROUPS = {
  tables: 'ReplicatedTable[]',
  destination: 'PostgresDestination',
  destinationPassword: undefined,
  network: 'NetworkArgs',
  image: 'ImageArgs',
  exportBucket: 'ExportBucketSettings',
  access: 'AccessSettings',
  serviceAccount: 'ServiceAccountSettings',
  task: 'TaskSettings',
  monitoring: 'MonitoringSettings',
  names: 'NameSettings',
  settings: 'RuntimeSettings',
  accountId: undefined,
  tags: 'texts',
} as const;

/** Arguments that a configuration cannot hold, and what to do instead. */
export const NOT_IN_CONFIGURATION: Readonly<Record<string, string>> = {
  'ReplicatedTable.table': 'takes a table object of a program; here, use create or name an existing table',
  'PostgresDestination.password':
    'would be stored in plain text: pulumi config set --secret destinationPassword',
  'PostgresDestination.url': 'would be stored in plain text: keep it in Secrets Manager and set urlSecretArn',
  'AccessSettings.serviceAccount': 'is a separate key of the configuration: serviceAccount',
};

/** A value of the configuration, as far as it has the shape of its type. */
export interface Shape {
  /** The value without what is wrong and may be left out; `undefined` if something that is required is wrong. */
  readonly value: unknown;
  /** Every way in which the given value differs from the type. */
  readonly problems: readonly ArgumentProblem[];
}

/** Checks the value at `path`. @param type name of a type in the schema; `[]` after it means a list; `undefined`: any value */
export function shapeOf(path: string, value: unknown, type: string | undefined): Shape {
  if (type === undefined) return { value, problems: [] };
  if (type === 'texts')
    return propertyShape(path, value, { type: 'object', additionalProperties: { type: 'string' } });
  return type.endsWith('[]')
    ? propertyShape(path, value, { type: 'array', items: referenceTo(type.slice(0, -2)) })
    : propertyShape(path, value, referenceTo(type));
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};

const AN_OBJECT = 'an object, with one "name: value" on each line';

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function propertyShape(path: string, value: unknown, property: Property): Shape {
  const expected = (what: string): Shape => wrong(path, `expected ${what}`);
  const name = typeNameOf(property);
  if (name !== undefined) {
    const type = typeNamed(name);
    return type.enum === undefined
      ? objectShape(path, value, name, type)
      : enumShape(
          path,
          value,
          type.enum.map((one) => String(one.value)),
        );
  }
  if (property.type === 'array') {
    if (!Array.isArray(value)) return expected('a list');
    const items = value.map((item: unknown, index) =>
      propertyShape(`${path}[${index}]`, item, property.items ?? {}),
    );
    const problems = items.flatMap((item) => item.problems);
    const isWhole = items.every((item) => item.value !== undefined);
    return { value: isWhole ? items.map((item) => item.value) : undefined, problems };
  }
  if (property.type === 'object') {
    if (!isObject(value)) return expected(AN_OBJECT);
    return entriesShape(
      Object.entries(value).map(([key, inner]: [string, unknown]) => [
        key,
        propertyShape(`${path}.${key}`, inner, property.additionalProperties ?? {}),
      ]),
    );
  }
  const kind = property.type === 'integer' ? 'number' : property.type;
  // YAML reads an unquoted account id as a number and drops its leading zeros, and an unquoted true as a boolean.
  if (kind === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return expected('text: put it in quotes');
  return kind === undefined || typeof value === kind
    ? { value, problems: [] }
    : expected(KINDS[kind] ?? kind);
}

function wrong(argument: string, problem: string): Shape {
  return { value: undefined, problems: [{ argument, problem }] };
}

/** The shape of an object: its entries that have theirs. */
function entriesShape(entries: readonly (readonly [key: string, shape: Shape])[]): Shape {
  const whole = entries.filter(([, { value }]) => value !== undefined);
  return {
    value: Object.fromEntries(whole.map(([key, { value }]) => [key, value])),
    problems: entries.flatMap(([, { problems }]) => problems),
  };
}

function objectShape(
  path: string,
  value: unknown,
  name: string,
  { properties = {}, required = [] }: Type,
): Shape {
  if (!isObject(value)) return wrong(path, `expected ${AN_OBJECT}`);
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  const absent = required
    .filter((key) => !given.some(([one]) => one === key))
    .map((key) => ({ argument: `${path}.${key}`, problem: 'is required' }));
  const shape = entriesShape(
    given.map(([key, inner]: [string, unknown]) => {
      const property = properties[key];
      const reason = NOT_IN_CONFIGURATION[`${name}.${key}`];
      if (reason !== undefined) return [key, wrong(`${path}.${key}`, reason)];
      if (property !== undefined) return [key, propertyShape(`${path}.${key}`, inner, property)];
      return [key, wrong(`${path}.${key}`, `no such key${didYouMean(key, Object.keys(properties))}`)];
    }),
  );
  const isWhole = required.every(
    (key) => (shape.value as Readonly<Record<string, unknown>>)[key] !== undefined,
  );
  return { value: isWhole ? shape.value : undefined, problems: [...absent, ...shape.problems] };
}

function enumShape(path: string, value: unknown, allowed: readonly string[]): Shape {
  if (typeof value === 'string' && allowed.includes(value)) return { value, problems: [] };
  const hint = typeof value === 'string' ? didYouMean(value, allowed) : '';
  return wrong(path, `expected ${allowed.join(' or ')}${hint}`);
}
