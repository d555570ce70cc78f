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

/** Every way in which the value at `path` differs from the type. @param type name of a type in the schema; `[]` after it means a list */
export function shapeProblems(
  path: string,
  value: unknown,
  type: string | undefined,
): readonly ArgumentProblem[] {
  if (type === undefined) return [];
  if (type === 'texts')
    return propertyProblems(path, value, { type: 'object', additionalProperties: { type: 'string' } });
  return type.endsWith('[]')
    ? propertyProblems(path, value, { type: 'array', items: referenceTo(type.slice(0, -2)) })
    : propertyProblems(path, value, referenceTo(type));
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

function propertyProblems(path: string, value: unknown, property: Property): readonly ArgumentProblem[] {
  const expected = (what: string) => [{ argument: path, problem: `expected ${what}` }];
  const name = typeNameOf(property);
  if (name !== undefined) {
    const type = typeNamed(name);
    return type.enum === undefined
      ? objectProblems(path, value, name, type)
      : enumProblems(
          path,
          value,
          type.enum.map((one) => String(one.value)),
        );
  }
  if (property.type === 'array') {
    if (!Array.isArray(value)) return expected('a list');
    return value.flatMap((item: unknown, index) =>
      propertyProblems(`${path}[${index}]`, item, property.items ?? {}),
    );
  }
  if (property.type === 'object') {
    if (!isObject(value)) return expected(AN_OBJECT);
    return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
      propertyProblems(`${path}.${key}`, inner, property.additionalProperties ?? {}),
    );
  }
  const kind = property.type === 'integer' ? 'number' : property.type;
  // YAML reads an unquoted account id as a number and drops its leading zeros, and an unquoted true as a boolean.
  if (kind === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return expected('text: put it in quotes');
  return kind === undefined || typeof value === kind ? [] : expected(KINDS[kind] ?? kind);
}

function objectProblems(
  path: string,
  value: unknown,
  name: string,
  { properties = {}, required = [] }: Type,
): readonly ArgumentProblem[] {
  if (!isObject(value)) return [{ argument: path, problem: `expected ${AN_OBJECT}` }];
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  const absent = required
    .filter((key) => !entries.some(([given]) => given === key))
    .map((key) => ({ argument: `${path}.${key}`, problem: 'is required' }));
  const wrong = entries.flatMap(([key, inner]: [string, unknown]) => {
    const property = properties[key];
    const reason = NOT_IN_CONFIGURATION[`${name}.${key}`];
    if (reason !== undefined) return [{ argument: `${path}.${key}`, problem: reason }];
    if (property !== undefined) return propertyProblems(`${path}.${key}`, inner, property);
    return [
      { argument: `${path}.${key}`, problem: `no such key${didYouMean(key, Object.keys(properties))}` },
    ];
  });
  return [...absent, ...wrong];
}

function enumProblems(path: string, value: unknown, allowed: readonly string[]): readonly ArgumentProblem[] {
  if (typeof value === 'string' && allowed.includes(value)) return [];
  const hint = typeof value === 'string' ? didYouMean(value, allowed) : '';
  return [{ argument: path, problem: `expected ${allowed.join(' or ')}${hint}` }];
}
