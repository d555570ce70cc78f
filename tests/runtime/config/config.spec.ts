import assert from 'node:assert/strict';
import { rootCertificates } from 'node:tls';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  InvalidSettings,
  leaves,
  readDestinationSettings,
  readSettings,
  settingsOf,
  type FlagValues,
} from '../../../runtime/config';
import type { Leaf } from '../../../runtime/config/leaves';
import { allNearest, nearest } from '../../../runtime/config/nearest';
import { KINDS } from '../../../runtime/destinations/kinds';

const needed = { tables: ['orders'], bucket: 'my-exports', to: 'shop.duckdb' };
const neededFlags = { '--table': ['orders'], '--bucket': 'my-exports', '--to': 'shop.duckdb' };

const read = (flags: FlagValues, environment: Record<string, string> = {}, content: unknown = {}) =>
  readSettings({ flags, environment, file: { path: 'replicator.yaml', content } });

/** Valid settings to which the given one can be added. */
function baseFor({ name, path }: Leaf): Record<string, object | string> {
  if (name === 'source.externalId')
    return { ...needed, source: { roleArn: 'arn:aws:iam::123456789012:role/reader' } };
  if (path[0] === 'heal') return { ...needed, onGap: 'heal' };
  const kind = KINDS.find((one) => one.name === path[0]);
  if (kind === undefined) return needed;
  if (kind.name !== 'postgres') return { ...needed, to: kind.location.example };
  const server = name === 'postgres.url' ? {} : { host: 'here', user: 'me' };
  return { ...needed, to: 'postgres', postgres: server };
}

const problemsOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof InvalidSettings, String(error));
    for (const { problem } of error.problems) assert.ok(error.message.includes(problem));
    return error.problems.map(({ setting, origin, problem }) => `${setting} | ${origin ?? ''} | ${problem}`);
  }
  throw new assert.AssertionError({ message: 'the settings were accepted' });
};

describe('settings', () => {
  it('are complete with a table, a bucket and a file', () => {
    const settings = read(neededFlags);
    assert.deepEqual(settings.tables, [
      {
        name: 'orders',
        destinationTable: 'orders',
        destinationSchema: undefined,
        columns: 'columns',
        maxColumns: 300,
        deletes: 'hard',
        dropReplicationAttributes: true,
      },
    ]);
    assert.deepEqual(settings.bucket, { name: 'my-exports', prefix: undefined });
    assert.deepEqual(settings.destination, {
      kind: 'duckdb',
      duckdb: { path: resolve('shop.duckdb'), memoryLimitMB: 268, threads: 2 },
    });
    assert.equal(settings.poll.minMs, 250);
    assert.equal(settings.poll.maxMs, 5_000);
  });

  it('let flags override the environment, and the environment the file', () => {
    const file = { ...needed, region: 'eu-west-1', deletes: 'soft', queueBytes: 2_000_000 };
    const environment = { DYNAMODB_REPLICATOR_REGION: 'eu-west-2', DYNAMODB_REPLICATOR_QUEUE_BYTES: '3MB' };
    const settings = read({ '--region': 'eu-west-3' }, environment, file);
    assert.equal(settings.region, 'eu-west-3');
    assert.equal(settings.queueBytes, 3_000_000);
    assert.equal(settings.tables[0]?.deletes, 'soft');
  });

  it('mean the same as a flag, as a variable and in a file', () => {
    for (const leaf of leaves.filter(({ name }) => !(name in needed) && name !== 'clockRate')) {
      // The documentation shows only the beginning of a certificate.
      const example = leaf.name === 'postgres.tlsCa' ? (rootCertificates[0] as string) : leaf.example;
      const base = baseFor(leaf);
      const [group, key] = leaf.path as [keyof typeof base, string | undefined];
      const inFile = key === undefined ? example : { ...(base[group] as object | undefined), [key]: example };
      const byFile = settingsOf({ ...base, [group]: inFile });
      assert.deepEqual(read({}, { [leaf.variable]: example }, base), byFile, leaf.name);
      if (!leaf.isSecret) assert.deepEqual(read({ [leaf.flag]: example }, {}, base), byFile, leaf.name);
      if (leaf.name === 'postgres.url') continue;
      assert.notDeepEqual(byFile, settingsOf(base), `the example of ${leaf.name} is its default`);
    }
  });

  it('take no secret from the command line, where other users could read it', () => {
    const file = { ...needed, to: 'postgres://me@here/db' };
    assert.deepEqual(
      problemsOf(() => read({ '--postgres-password': 'x' }, {}, file)),
      [
        'postgres.password | flag --postgres-password | other users of this machine could read it there; set DYNAMODB_REPLICATOR_POSTGRES_PASSWORD instead',
      ],
    );
  });

  it('list all problems at once, each with its origin', () => {
    const problems = problemsOf(() =>
      read(
        { '--bukcet': 'x', '--to': 'mysql://host/db', orders: true },
        { DYNAMODB_REPLICATOR_REGOIN: 'x', DYNAMODB_REPLICATOR_MAX_COLUMNS: 'many', PATH: '/bin' },
        {
          tables: [{ name: 'orders', delets: 'soft' }, 'a'],
          bucket: 's3://b',
          deletes: 'sfot',
          load: { paralel: 1 },
          log: 3,
        },
      ),
    );
    assert.deepEqual(problems, [
      'log | file replicator.yaml | expected a group of settings, log.…',
      'load.paralel | file replicator.yaml | no such setting',
      'DYNAMODB_REPLICATOR_REGOIN | environment | no such setting; did you mean DYNAMODB_REPLICATOR_REGION?',
      '--bukcet | command line | no such setting; did you mean --bucket?',
      'orders | command line | unexpected argument; did you mean --table orders?',
      'tables[0].delets | file replicator.yaml | no such setting; did you mean deletes?',
      'tables[1].name | file replicator.yaml | expected a table name of 3 to 255 letters, digits, _ . -',
      'bucket | file replicator.yaml | expected NAME or NAME/PREFIX, without s3://',
      `to | flag --to | expected ${KINDS.map(({ location }) => location.expected).join(', or ')}; other destinations are not supported`,
      'deletes | file replicator.yaml | expected hard or soft; did you mean soft?',
      'maxColumns | environment DYNAMODB_REPLICATOR_MAX_COLUMNS | expected a number',
    ]);
  });

  it('report which are required, and how to give them', () => {
    assert.deepEqual(
      problemsOf(() => read({})),
      [
        'tables |  | is required: --table orders, or DYNAMODB_REPLICATOR_TABLES',
        'bucket |  | is required: --bucket my-exports/replicator, or DYNAMODB_REPLICATOR_BUCKET',
        'to |  | is required: --to orders.duckdb, or DYNAMODB_REPLICATOR_TO',
      ],
    );
    assert.deepEqual(problemsOf(() => readDestinationSettings({ flags: {}, environment: {} })).length, 1);
  });

  const contradictions: [what: string, settings: object, problem: string][] = [
    [
      'one destination table for two',
      { tables: ['one', 'two'], destinationTable: 'x' },
      'destinationTable | file',
    ],
    ['a table twice', { tables: ['orders', 'orders'] }, 'tables | file'],
    [
      'two tables into one',
      { tables: ['Orders', { name: 'old', destinationTable: 'orders' }] },
      'tables | file',
    ],
    ['maxColumns for documents', { columns: 'document', maxColumns: 5 }, 'maxColumns | file'],
    ['one read at a time, which may hang', { poll: { concurrentReads: 1 } }, 'poll.concurrentReads | file'],
    ['poll bounds crossed', { poll: { minMs: 900, maxMs: 300 } }, 'poll.minMs | file'],
    ['a limit of healing when gaps are not healed', { heal: { maxUsd: 5 } }, 'heal.maxUsd | file'],
    [
      'a rate of healing when gaps are waited for',
      { onGap: 'wait', heal: { readUnitsPerSecond: 5 } },
      'heal.readUnitsPerSecond | file',
    ],
    ['a fast clock without the simulator', { clockRate: 60 }, 'clockRate | file'],
    ['a server for a DuckDB file', { postgres: { host: 'here' } }, 'postgres.host | file'],
    ['DuckDB for a server', { to: 'postgres://me@here/db', duckdb: { threads: 3 } }, 'duckdb.threads | file'],
    [
      'two passwords',
      { to: 'postgres://me:secret@here/db', postgres: { passwordFile: 'x' } },
      'postgres.passwordFile | file',
    ],
    [
      'a host beside another one',
      { to: 'postgres://me@here/db', postgres: { host: 'there' } },
      'postgres.host | file',
    ],
    ['a server without a host', { to: 'postgres', postgres: { user: 'me' } }, 'postgres.host | '],
    ['a port that is none', { to: 'postgres://me@here:99999/db' }, 'to | file'],
    ['a server without a user', { to: 'postgres://here/db' }, 'postgres.user | '],
    ['a parameter that is not known', { to: 'postgres://me@here/db?sslmod=require' }, 'to | file'],
    ['a mode that is not known', { to: 'postgres://me@here/db?sslmode=prefer' }, 'to | file'],
  ];
  for (const [what, settings, problem] of contradictions) {
    it(`refuse ${what}`, () => {
      const problems = problemsOf(() => read({}, {}, { ...needed, ...settings }));
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.ok(problems[0]?.startsWith(problem), problems[0]);
    });
  }

  const verifies: readonly (readonly [given: object, read: object])[] = [
    [{}, { every: undefined, sample: 1 }],
    [{ every: '7d' }, { every: 7 * 86_400_000, sample: 1 }],
    [{ every: '1.5 H' }, { every: 5_400_000, sample: 1 }],
    [
      { every: ' 60min ', sample: '100%' },
      { every: 3_600_000, sample: 1 },
    ],
    [
      { every: 3_600_000, sample: 0.25 },
      { every: 3_600_000, sample: 0.25 },
    ],
    [
      { every: '86400000', sample: '0.5 %' },
      { every: 86_400_000, sample: 0.005 },
    ],
  ];
  for (const [given, expected] of verifies) {
    it(`read verify: ${JSON.stringify(given)}`, () => {
      assert.deepEqual(settingsOf({ ...needed, verify: given }).verify, expected);
    });
  }

  const badVerifies: readonly (readonly [
    setting: 'every' | 'sample',
    values: readonly unknown[],
    says: RegExp,
  ])[] = [
    [
      'every',
      [
        '59min',
        '0.9h',
        '0d',
        7,
        '7',
        '-7d',
        '7 weeks',
        '7m',
        'weekly',
        '',
        '1e9',
        true,
        {},
        ['7d'],
        3_600_000.5,
      ],
      /expected a duration of at least 1 hour, such as 7d or 24h/,
    ],
    [
      'sample',
      [0, '0%', -0.1, '-10%', '101%', 1.01, '10', 'ten', '', '10 percent', true, {}, NaN],
      /expected a share above 0 % and up to 100 %, such as 10% or 0.1/,
    ],
  ];
  for (const [setting, values, says] of badVerifies) {
    for (const value of values)
      it(`refuse verify.${setting}: ${JSON.stringify(value)}`, () => {
        const [problem = '', ...more] = problemsOf(() =>
          settingsOf({ ...needed, verify: { [setting]: value } }),
        );
        assert.deepEqual(more, []);
        assert.ok(problem.startsWith(`verify.${setting} | `), problem);
        assert.match(problem, says);
      });
  }

  it('let a flag select a table of the file and keep the file’s settings for it', () => {
    const file = { ...needed, tables: ['first', { name: 'orders', deletes: 'soft', destinationTable: 'o' }] };
    const { tables } = read({ '--table': ['orders', 'third'] }, {}, file);
    assert.deepEqual(
      tables.map(({ name, deletes, destinationTable }) => [name, deletes, destinationTable]),
      [
        ['orders', 'soft', 'o'],
        ['third', 'hard', 'third'],
      ],
    );
  });

  it('take tables with settings of their own as JSON from the environment', () => {
    const tables = [{ name: 'orders', deletes: 'soft' }, 'items'];
    const { tables: _, ...rest } = needed;
    assert.deepEqual(
      read({}, { DYNAMODB_REPLICATOR_TABLES: JSON.stringify(tables) }, rest).tables,
      settingsOf({ ...rest, tables }).tables,
    );
    assert.deepEqual(
      problemsOf(() => read({}, { DYNAMODB_REPLICATOR_TABLES: '[orders' }, rest)),
      ['tables | environment DYNAMODB_REPLICATOR_TABLES | expected a list'],
    );
  });

  it('take an external id only with the role that requires it', () => {
    assert.deepEqual(
      problemsOf(() => settingsOf({ ...needed, source: { externalId: 'x-1' } })),
      [
        'source.externalId | settings passed to replicate | applies only with source.roleArn, the role that requires it',
      ],
    );
  });

  it('take a bucket with a prefix, and ignore outer slashes', () => {
    const settings = read({ ...neededFlags, '--bucket': 'my-exports//a/b/' });
    assert.deepEqual(settings.bucket, { name: 'my-exports', prefix: 'a/b' });
  });

  it('treat an empty entry of a file as not given', () => {
    assert.equal(read(neededFlags, {}, { region: null }).region, undefined);
  });

  it('accept a fast clock with an endpoint of the AWS SDK’s variables', () => {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB']) {
      const environment = { [name]: 'http://127.0.0.1:4566', DYNAMODB_REPLICATOR_CLOCK_RATE: '60' };
      const file = { path: 'x.yaml', content: needed };
      assert.equal(readSettings({ flags: {}, environment, file }).clockRate, 60);
    }
  });

  for (const [flag, value, problem] of [
    ['--table', ['orders,customers'], 'expected a single table name; repeat --table for each'],
    [
      '--bucket',
      'MyExports',
      'expected a bucket name of 3 to 63 lowercase letters, digits, dots and hyphens',
    ],
    ['--duckdb-memory-limit-bytes', 'much', 'expected bytes, or a number with kB, MB, GB, KiB, MiB or GiB'],
    ['--log-level', 'loud', 'expected one of error, warn, info, debug'],
  ] as const)
    it(`explain why ${flag} ${String(value)} is invalid`, () => {
      const file = { path: 'x.yaml', content: needed };
      const [found = '', ...others] = problemsOf(() =>
        readSettings({ flags: { [flag]: value }, environment: {}, file }),
      );
      assert.deepEqual(others, []);
      assert.ok(found.endsWith(` | ${problem}`), found);
    });

  it('end a process in a gap by default, and limit what healing costs', () => {
    const settings = read(neededFlags);
    assert.equal(settings.onGap, 'exit');
    assert.deepEqual(settings.heal, { maxUsd: 50, readUnitsPerSecond: 100 });
  });

  for (const [flag, value, problem] of [
    ['--on-gap', 'heel', 'expected one of heal, resync, wait, exit; did you mean heal?'],
    ['--heal-max-usd', '-1', 'expected at least 0'],
    ['--heal-max-usd', '$5', 'expected a number'],
    ['--heal-read-units-per-second', '0', 'expected at least 1'],
    ['--heal-read-units-per-second', '40001', 'expected at most 40000'],
    ['--heal-read-units-per-second', '1.5', 'expected a whole number'],
  ] as const)
    it(`explain why ${flag} ${value} is invalid`, () => {
      const file = { path: 'x.yaml', content: { ...needed, ...(flag !== '--on-gap' && { onGap: 'heal' }) } };
      const problems = problemsOf(() => readSettings({ flags: { [flag]: value }, environment: {}, file }));
      assert.deepEqual(
        problems.map((found) => found.split(' | ').slice(1)),
        [[`flag ${flag}`, problem]],
      );
    });

  it('of a program name no flags', () => {
    const message = () => settingsOf({ tables: ['orders'], bucket: 'my-exports', region: 'x' });
    assert.throws(message, (error: Error) => {
      assert.match(error.message, /region \(settings passed to replicate\)/);
      assert.match(error.message, /to: is required\n/);
      assert.doesNotMatch(error.message, /--/);
      return true;
    });
  });

  describe('from a file', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-config-'))));
    after(() => rmSync(folder, { recursive: true }));

    for (const [name, text] of [
      ['replicator.yaml', 'tables: [orders]\nbucket: my-exports\nto: shop.duckdb\nduckdb:\n  threads: 7\n'],
      ['replicator.json', JSON.stringify({ ...needed, duckdb: { threads: 7 } })],
    ] as const) {
      it(`read ${name}, named by flag or environment`, () => {
        const path = join(folder, name);
        writeFileSync(path, text);
        const byFlag = readSettings({ flags: { '--config': path }, environment: {} });
        assert.ok(byFlag.destination.kind === 'duckdb');
        assert.equal(byFlag.destination.duckdb.threads, 7);
        assert.deepEqual(
          readSettings({ flags: {}, environment: { DYNAMODB_REPLICATOR_CONFIG: path } }),
          byFlag,
        );
      });
    }

    it('report a file that does not exist, and not what follows from that', () => {
      const path = join(folder, 'none.yaml');
      assert.deepEqual(
        problemsOf(() => readSettings({ flags: { '--config': path }, environment: {} })),
        [`--config |  | ${path} does not exist`],
      );
    });

    it('report a file that is not YAML, and not what follows from that', () => {
      const path = join(folder, 'broken.yaml');
      writeFileSync(path, 'tables: [orders\nbucket: "x');
      const [problem = '', ...others] = problemsOf(() =>
        readSettings({ flags: {}, environment: { DYNAMODB_REPLICATOR_CONFIG: path } }),
      );
      assert.deepEqual(others, []);
      assert.ok(
        problem.startsWith(`DYNAMODB_REPLICATOR_CONFIG |  | ${path} is neither valid YAML nor JSON: `),
        problem,
      );
      assert.doesNotMatch(problem, /:$/);
    });
  });
});

describe('nearest name', () => {
  for (const [mistyped, meant] of [
    ['--tabel', '--table'],
    ['--bukcet', '--bucket'],
    ['statsu', 'status'],
    ['something-else', undefined],
  ] as const) {
    it(`${mistyped} → ${meant ?? 'none'}`, () => {
      assert.equal(nearest(mistyped, ['--table', '--bucket', 'status', 'run']), meant);
    });
  }

  it('finds all that are equally close', () => {
    const known = ['eu-west-1', 'eu-west-2', 'us-west-1'];
    assert.deepEqual(allNearest('eu-west-4', known), ['eu-west-1', 'eu-west-2']);
    assert.deepEqual(allNearest('eu-wset-1', known), ['eu-west-1']);
    assert.deepEqual(allNearest('moon', known), []);
  });

  it('may be asked for names that are closer', () => {
    assert.deepEqual(allNearest('statsu', ['status'], 0.1), ['status']);
    assert.deepEqual(allNearest('ststsu', ['status'], 0.1), []);
  });
});
