import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { type ConfigReader, readConfig } from '../../../infra/stack/config';
import { GROUPS } from '../../../infra/stack/config-shape';
import schema from '../../../infra/schema.json';

const ROOT = join(__dirname, '../../..');
const PROJECT = 'dynamodb-replicator:';

type Values = Readonly<Record<string, unknown>>;

/** Values as Pulumi reads them from a stack file: objects are JSON text. */
function readerOf(values: Values): ConfigReader {
  const text = (key: string) => {
    const value = values[key];
    return typeof value === 'object' || value === undefined ? undefined : String(value);
  };
  return {
    get: text,
    getObject: (key: string) => {
      const value = values[key];
      return (typeof value === 'string' ? JSON.parse(value) : value) as never;
    },
    getSecret: (key: string) => {
      const value = text(key);
      return value === undefined ? undefined : pulumi.secret(value);
    },
  } as ConfigReader;
}

/** The keys as the program finds them. */
const keysSet = (values: Values) =>
  Object.entries(values)
    .filter(([, value]) => value !== '' && JSON.stringify(value) !== '{}')
    .map(([key]) => key);

const read = (values: Values, isSecret = () => true) =>
  readConfig(readerOf(values), { set: keysSet(values), isSecret }, 'dev');

function problemsOf(values: Values, isSecret = () => true): readonly string[] {
  try {
    read(values, isSecret);
  } catch (error) {
    const [head, ...lines] = (error as Error).message.split('\n');
    assert.match(
      head ?? '',
      /^Configuration of stack dev \(Pulumi\.dev\.yaml\): (an argument is|\d+ arguments are) invalid; nothing was created\.$/,
    );
    return lines.map((line) => line.trim());
  }
  throw new assert.AssertionError({ message: 'the configuration was taken' });
}

/** The configuration in a stack file, with keys without the project's name. */
function stackFile(name: string): Values {
  const { config } = parse(readFileSync(join(ROOT, name), 'utf8')) as { config: Values };
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(PROJECT))
      .map(([key, value]) => [key.slice(PROJECT.length), value]),
  );
}

const IMAGE = `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}`;
const good: Values = {
  tables: [{ name: 'orders' }],
  destination: { host: 'warehouse.internal', user: 'replicator' },
  destinationPassword: 's3cr3t',
  network: { vpcName: 'main' },
  image: { uri: IMAGE },
};

interface Wrong {
  readonly path: string;
  /** The configuration with the wrong value at the path. */
  readonly config: Values;
}

type Property = { readonly $ref?: string; readonly type?: string; readonly items?: Property };
const types: Readonly<Record<string, { properties?: Record<string, Property>; enum?: unknown[] }>> =
  schema.types;

/** For each property below a key, and for an unknown one, a configuration with an invalid value there. */
function wrongValues(key: string, type: string): readonly Wrong[] {
  if (type === 'texts') return [{ path: `${key}.name`, config: { [key]: { name: 5 } } }];
  return type.endsWith('[]')
    ? inside(`${key}[0]`, type.slice(0, -2), (value) => ({ [key]: [value] }))
    : inside(key, type, (value) => ({ [key]: value }));
}

function inside(path: string, type: string, around: (value: unknown) => Values): readonly Wrong[] {
  const { properties = {} } = types[`dynamodb-replicator:index:${type}`] ?? {};
  const stranger = { path: `${path}.nosuch`, config: around({ nosuch: 1 }) };
  return [
    stranger,
    ...Object.entries(properties).flatMap(([name, property]) => wrong(path, name, property, around)),
  ];
}

function wrong(
  path: string,
  name: string,
  { $ref, type }: Property,
  around: (value: unknown) => Values,
): readonly Wrong[] {
  const own = `${path}.${name}`;
  const at = (value: unknown) => around({ [name]: value });
  const other = { path: own, config: at(type === 'string' ? ['x'] : 'x') };
  const referred = $ref?.startsWith('#/types/dynamodb-replicator:index:')
    ? $ref.slice('#/types/dynamodb-replicator:index:'.length)
    : undefined;
  const isObject =
    referred !== undefined && types[`dynamodb-replicator:index:${referred}`]?.properties !== undefined;
  return isObject ? [other, ...inside(own, referred, at)] : [other];
}

describe('the configuration of the stack', () => {
  it('becomes the arguments of a replicator', async () => {
    const { replicator, accountId, tags } = read({
      ...good,
      accountId: '123456789012',
      tags: { team: 'platform' },
      serviceAccount: { user: true },
    });
    assert.deepEqual(replicator.tables, [{ name: 'orders' }]);
    assert.deepEqual(replicator.access, { serviceAccount: { user: true } });
    assert.equal(accountId, '123456789012');
    assert.deepEqual(tags, { team: 'platform' });
    const password = replicator.destination.postgres?.password as pulumi.Output<string>;
    assert.equal(await pulumi.isSecret(password), true);
  });

  for (const [file, account] of [
    ['Pulumi.dev.yaml', undefined],
    ['Pulumi.artie.yaml', { role: true, user: true, accessKey: true }],
  ] as const) {
    it(`of ${file} is valid once the password is set as its header says`, () => {
      const values = stackFile(file);
      assert.deepEqual(problemsOf(values), [
        'destinationPassword: is required: pulumi config set --secret destinationPassword, or set destination.passwordSecretArn to the ARN of a Secrets Manager secret',
      ]);
      const { replicator } = read({ ...values, destinationPassword: 's3cr3t' });
      assert.deepEqual(replicator.access?.serviceAccount, account);
    });

    it(`of ${file} has six lines to edit`, () => {
      const marked = readFileSync(join(ROOT, file), 'utf8').match(/# edit:/g);
      assert.equal(marked?.length, 6);
    });
  }

  it('of Pulumi.prod.yaml is valid, without user and access key', () => {
    const { replicator } = read(stackFile('Pulumi.prod.yaml'));
    const { user, accessKey, role } = replicator.access?.serviceAccount ?? {};
    assert.deepEqual({ role, user, accessKey }, { role: true, user: false, accessKey: false });
  });

  it('is described in Pulumi.yaml, key by key', () => {
    const { config } = parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')) as {
      config: Record<string, { type: string; description: string; default?: unknown }>;
    };
    assert.deepEqual(Object.keys(config).sort(), Object.keys(GROUPS).sort());
    const needed = ['tables', 'destination', 'network', 'image'];
    for (const [key, { type, description, ...rest }] of Object.entries(config)) {
      assert.match(type, /^(string|array|object)$/, key);
      assert.match(description, /\.$/, key);
      // Pulumi itself reports a key that has no default and is not set.
      assert.equal('default' in rest, !needed.includes(key), key);
    }
  });

  it('treats the empty defaults of Pulumi.yaml as not set', () => {
    const { config } = parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')) as {
      config: Record<string, { default?: unknown }>;
    };
    const defaults = Object.fromEntries(Object.entries(config).map(([key, one]) => [key, one.default]));
    const { replicator, ...rest } = read({ ...defaults, ...good });
    assert.deepEqual(rest, { accountId: undefined, tags: {} });
    assert.deepEqual(Object.keys(replicator), Object.keys(read(good).replicator));
    assert.deepEqual(replicator.access, {});
  });

  it('accepts the password only as a secret', () => {
    assert.deepEqual(
      problemsOf(good, () => false),
      [
        'destinationPassword: is in plain text in Pulumi.dev.yaml: pulumi config set --secret destinationPassword',
      ],
    );
  });

  it('that is empty lists what is required', () => {
    assert.deepEqual(problemsOf({}), [
      'tables: is required; see the example in Pulumi.dev.yaml',
      'destination: is required; see the example in Pulumi.dev.yaml',
      'network: is required; see the example in Pulumi.dev.yaml',
      'image: is required; see the example in Pulumi.dev.yaml',
    ]);
  });

  it('lists everything that is wrong at once, each with its key', () => {
    assert.deepEqual(
      problemsOf({
        tabels: [],
        tables: [{ name: 'orders', managment: 'Enable', deletes: 'sfot' }, { deletes: 'soft' }, 'orders'],
        destination: { host: 5, password: 'x', url: 'y', port: '5432' },
        network: { vpcId: 'vpc-1', subnetIds: 'subnet-a', endpoints: 'create' },
        image: 'latest',
        serviceAccount: { user: 'yes' },
        access: { serviceAccount: {} },
        task: {
          memory: 1024,
          sidecars: [{ name: 'agent', image: 'x', environment: { PORT: 8126, DEBUG: true }, secrets: 'x' }],
        },
        tags: { cost: 5 },
        accountId: '1234',
      }),
      [
        'tabels: no such key; did you mean tables?',
        'tables[0].managment: no such key; did you mean management?',
        'tables[0].deletes: expected hard or soft; did you mean soft?',
        'tables[1].name: is required',
        'tables[2]: expected an object, with one "name: value" on each line',
        'destination.host: expected text: put it in quotes',
        'destination.password: would be stored in plain text: pulumi config set --secret destinationPassword',
        'destination.url: would be stored in plain text: keep it in Secrets Manager and set urlSecretArn',
        'destination.port: expected a number',
        'network.subnetIds: expected a list',
        'network.endpoints: expected None or Create or CreateMissing or Existing; did you mean Create?',
        'image: expected an object or a list, as in Pulumi.dev.yaml',
        'access.serviceAccount: is a separate key of the configuration: serviceAccount',
        'serviceAccount.user: expected true or false',
        'task.memory: no such key',
        'task.sidecars[0].environment.PORT: expected text: put it in quotes',
        'task.sidecars[0].environment.DEBUG: expected text: put it in quotes',
        'task.sidecars[0].secrets: expected an object, with one "name: value" on each line',
        'tags.cost: expected text: put it in quotes',
        'accountId: expected an account id: 12 digits, in quotes',
        'task.sidecars[0].image: expected an image with its digest, NAME@sha256:…, because a tag can be moved: docker buildx imagetools inspect NAME:TAG prints it',
      ],
    );
  });

  it('names problems by the configuration’s keys, not by the arguments', () => {
    assert.deepEqual(
      problemsOf({
        ...good,
        destination: { user: 'replicator' },
        serviceAccount: { accessKey: true, trustedService: 'ec2.amazonaws.com' },
      }),
      [
        'destination.host: is required, such as warehouse.internal',
        'serviceAccount.accessKey: belongs to the user: set user too',
      ],
    );
  });

  it('names the key to remove if there are two passwords', () => {
    const passwordSecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-a1b2c3';
    assert.deepEqual(
      problemsOf({ ...good, destination: { host: 'here', user: 'replicator', passwordSecretArn } }),
      [
        'destinationPassword: more than one of password, passwordSecretArn, url and urlSecretArn is set: keep one',
      ],
    );
  });

  it('reports a value of the wrong type under any key', () => {
    const keys = Object.entries(GROUPS)
      .flatMap(([group, type]) => (type === undefined ? [] : wrongValues(group, type)))
      // It is a separate key, and refused here as a whole.
      .filter(({ path }) => !path.startsWith('access.serviceAccount.'));
    assert.ok(keys.length > 100, `${keys.length} keys`);
    for (const { path, config } of keys) {
      const reported = problemsOf({ ...good, ...config });
      assert.ok(
        reported.some((line) => line.startsWith(`${path}: `)),
        `${path}: ${reported.join('\n')}`,
      );
    }
  });

  it('reports a tag that AWS would refuse', () => {
    assert.deepEqual(problemsOf({ ...good, tags: { 'aws:team': 'platform', team: 'x'.repeat(257) } }), [
      'tags.aws:team: expected a name of at most 128 characters that does not begin with aws:',
      'tags.team: expected at most 256 characters',
    ]);
  });

  it('reports more tags than AWS allows on a resource', () => {
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, 'x']));
    assert.deepEqual(problemsOf({ ...good, tags }), [
      'tags: expected at most 50, as AWS allows no more on a resource',
    ]);
  });

  it('refuses a table object', () => {
    assert.deepEqual(problemsOf({ ...good, tables: [{ name: 'orders', table: {} }] }), [
      'tables[0].table: takes a table object of a program; here, use create or name an existing table',
    ]);
  });
});
