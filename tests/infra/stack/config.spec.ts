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

/** As Pulumi reads a stack file: objects as JSON text. */
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

/** As the program finds them. */
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
      /^Stack dev, its configuration \(Pulumi\.dev\.yaml\): (an argument is|\d+ arguments are) wrong; nothing was created\.$/,
    );
    return lines.map((line) => line.trim());
  }
  throw new assert.AssertionError({ message: 'the configuration was taken' });
}

/** The configuration of a stack file, without the project's name before its keys. */
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
  /** With the wrong value at the path. */
  readonly config: Values;
}

type Property = { readonly $ref?: string; readonly type?: string; readonly items?: Property };
const types: Readonly<Record<string, { properties?: Record<string, Property>; enum?: unknown[] }>> =
  schema.types;

/** For each property below a key, and for a name that is none, the configuration with something there that cannot be. */
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

  it('of Pulumi.dev.yaml is fine with the password that its head says to set', () => {
    const values = stackFile('Pulumi.dev.yaml');
    assert.deepEqual(problemsOf(values), [
      'destinationPassword: is needed: pulumi config set --secret destinationPassword, or destination.passwordSecretArn, the ARN of a secret of Secrets Manager',
    ]);
    const { replicator } = read({ ...values, destinationPassword: 's3cr3t' });
    assert.deepEqual(replicator.access?.serviceAccount, { role: true, user: true, accessKey: true });
  });

  it('of Pulumi.dev.yaml has five lines to edit', () => {
    const marked = readFileSync(join(ROOT, 'Pulumi.dev.yaml'), 'utf8').match(/# edit:/g);
    assert.equal(marked?.length, 5);
  });

  it('of Pulumi.prod.yaml is fine, without user and key', () => {
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
      // A key that has none and is not set is an error of Pulumi's own.
      assert.equal('default' in rest, !needed.includes(key), key);
    }
  });

  it('is as if nothing were said where Pulumi.yaml’s defaults stand', () => {
    const { config } = parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')) as {
      config: Record<string, { default?: unknown }>;
    };
    const defaults = Object.fromEntries(Object.entries(config).map(([key, one]) => [key, one.default]));
    const { replicator, ...rest } = read({ ...defaults, ...good });
    assert.deepEqual(rest, { accountId: undefined, tags: {} });
    assert.deepEqual(Object.keys(replicator), Object.keys(read(good).replicator));
    assert.deepEqual(replicator.access, {});
  });

  it('takes the password as a secret only', () => {
    assert.deepEqual(
      problemsOf(good, () => false),
      [
        'destinationPassword: stands in Pulumi.dev.yaml for all to read: pulumi config set --secret destinationPassword',
      ],
    );
  });

  it('that is empty is told what it needs', () => {
    assert.deepEqual(problemsOf({}), [
      'tables: is needed; Pulumi.dev.yaml has one',
      'destination: is needed; Pulumi.dev.yaml has one',
      'network: is needed; Pulumi.dev.yaml has one',
      'image: is needed; Pulumi.dev.yaml has one',
    ]);
  });

  it('is told everything that is wrong at once, each with its key', () => {
    assert.deepEqual(
      problemsOf({
        tabels: [],
        tables: [{ name: 'orders', managment: 'Enable', deletes: 'sfot' }, { deletes: 'soft' }, 'orders'],
        destination: { host: 5, password: 'x', url: 'y', port: '5432' },
        network: { vpcId: 'vpc-1', subnetIds: 'subnet-a', endpoints: 'create' },
        image: 'latest',
        serviceAccount: { user: 'yes' },
        access: { serviceAccount: {} },
        task: { memory: 1024 },
        tags: { cost: 5 },
        accountId: '1234',
      }),
      [
        'tabels: no such key; did you mean tables?',
        'tables[0].managment: no such key; did you mean management?',
        'tables[0].deletes: expected hard or soft; did you mean soft?',
        'tables[1].name: is needed',
        'tables[2]: expected an object, one name: value a line',
        'destination.host: expected text: put it in quotes',
        'destination.password: would stand there for all to read: pulumi config set --secret destinationPassword',
        'destination.url: would stand there for all to read: keep it in Secrets Manager and give urlSecretArn',
        'destination.port: expected a number',
        'network.subnetIds: expected a list',
        'network.endpoints: expected None or Create or Existing; did you mean Create?',
        'image: expected an object or a list, as in Pulumi.dev.yaml',
        'access.serviceAccount: is a key of its own: serviceAccount',
        'serviceAccount.user: expected true or false',
        'task.memory: no such key',
        'tags.cost: expected text: put it in quotes',
        'accountId: expected an account id of 12 digits, in quotes',
      ],
    );
  });

  it('names keys as they stand there, not as arguments are called', () => {
    assert.deepEqual(
      problemsOf({
        ...good,
        destination: { user: 'replicator' },
        serviceAccount: { accessKey: true, trustedService: 'ec2.amazonaws.com' },
      }),
      [
        'destination.host: is needed, such as warehouse.internal',
        'serviceAccount.accessKey: is the user’s: set user too',
      ],
    );
  });

  it('says which of two passwords is the key of its own', () => {
    const passwordSecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-a1b2c3';
    assert.deepEqual(
      problemsOf({ ...good, destination: { host: 'here', user: 'replicator', passwordSecretArn } }),
      [
        'destinationPassword: the password comes from more than one of password, passwordSecretArn, url, urlSecretArn: leave one',
      ],
    );
  });

  it('is told of a value of another kind, whichever key of the arguments it is', () => {
    const keys = Object.entries(GROUPS)
      .flatMap(([group, type]) => (type === undefined ? [] : wrongValues(group, type)))
      // It is a key of its own, and refused here as a whole.
      .filter(({ path }) => !path.startsWith('access.serviceAccount.'));
    assert.ok(keys.length > 100, `${keys.length} keys`);
    for (const { path, config } of keys) {
      const said = problemsOf({ ...good, ...config });
      assert.ok(
        said.some((line) => line.startsWith(`${path}: `)),
        `${path}: ${said.join('\n')}`,
      );
    }
  });

  it('is told of a tag that AWS would not take', () => {
    assert.deepEqual(problemsOf({ ...good, tags: { 'aws:team': 'platform', team: 'x'.repeat(257) } }), [
      'tags.aws:team: expected a name of at most 128 characters that does not begin with aws:',
      'tags.team: expected at most 256 characters',
    ]);
  });

  it('takes no table object', () => {
    assert.deepEqual(problemsOf({ ...good, tables: [{ name: 'orders', table: {} }] }), [
      'tables[0].table: is a table of a program; here: create, or a table that exists',
    ]);
  });
});
