import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../command/main';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import { Place } from './place';

/** All are checked before anything is opened: without a call to the simulator, and without a file. */
describe('bad input: settings and command lines', () => {
  let place: Place;
  before(async () => {
    place = await Place.open();
  });
  after(() => place.close());
  afterEach(() => place.assertNothingWritten());

  const say = async (environment: Record<string, string>, ...words: string[]) => {
    const terminal = new FakeTerminal(environment);
    const code = await main(words, terminal);
    assert.equal(terminal.written, '', 'nothing on the standard output');
    assert.equal(code, 2, terminal.complained);
    return terminal.complained;
  };

  for (const verb of ['run', 'check']) {
    it(`${verb}: an unknown flag, with the one that you probably meant`, async () => {
      const said = await say({}, ...place.words(verb, '--max-colums', '10'));
      assert.match(
        said,
        /^A setting is invalid; nothing was started\.\n {2}--max-colums \(command line\): no such setting; did you mean --max-columns\?\n/,
      );
    });
  }

  it('an unknown variable, with the one that you probably meant', async () => {
    const said = await say({ DYNAMODB_REPLICATOR_DELETE: 'soft' }, ...place.words('run'));
    assert.match(
      said,
      /DYNAMODB_REPLICATOR_DELETE \(environment\): no such setting; did you mean DYNAMODB_REPLICATOR_DELETES\?/,
    );
  });

  it('an unknown setting in a file, also in a group or of a table, with the one that you probably meant', async () => {
    const path = join(place.folder, 'settings.yaml');
    writeFileSync(path, 'delets: soft\nduckdb:\n  thread: 2\ntables:\n  - name: orders\n    maxColums: 4\n');
    try {
      const said = await say({}, 'run', '--bucket', 'my-exports', '--to', place.to, '--config', path);
      assert.match(said, /^3 settings are invalid/);
      assert.match(said, new RegExp(`  delets \\(file ${path}\\): no such setting; did you mean deletes\\?`));
      assert.match(said, /duckdb\.thread \(file .*\): no such setting; did you mean duckdb\.threads\?/);
      assert.match(said, /tables\[0\]\.maxColums \(file .*\): no such setting; did you mean maxColumns\?/);
    } finally {
      assert.deepEqual(readdirSync(place.folder), ['settings.yaml']);
      rmSync(path);
    }
  });

  it('a missing settings file', async () => {
    assert.match(
      await say({}, ...place.words('run', '--config', join(place.folder, 'missing.yaml'))),
      /--config: .*missing\.yaml does not exist/,
    );
  });

  it('lists all contradictions at once, with all other problems', async () => {
    const said = await say(
      { DYNAMODB_REPLICATOR_COLUMNS: 'document' },
      ...[
        'run',
        '--table',
        'orders',
        '--table',
        'customers',
        '--bucket',
        's3://my-exports',
        '--to',
        'mysql://x',
      ],
      ...['--destination-table', 'both', '--max-columns', '5', '--poll-min-ms', '9000', '--clock-rate', '60'],
      ...['--deletes', 'sotf'],
    );
    assert.match(said, /^7 settings are invalid; nothing was started\.\n/);
    for (const line of [
      /bucket \(flag --bucket\): expected NAME or NAME\/PREFIX, without s3:\/\//,
      /to \(flag --to\): expected the path of a DuckDB file, or postgres:\/\/USER@HOST\/DATABASE; other destinations are not supported/,
      /deletes \(flag --deletes\): expected hard or soft; did you mean soft\?/,
      /destinationTable \(flag --destination-table\): one name for 2 tables; set destinationTable for each table/,
      /maxColumns \(flag --max-columns\): does not apply with columns: document/,
      /poll\.minMs \(flag --poll-min-ms\): 9000 is more than poll\.maxMs \(5000\)/,
      /clockRate \(flag --clock-rate\): is only for the simulator; give its address with --endpoint or AWS_ENDPOINT_URL/,
      /See --help, and docs\/CONFIGURATION\.md for all settings\.\n$/,
    ]) {
      assert.match(said, line);
    }
  });

  it('what to do after a gap: a name that is not known, and limits that are out of bounds or do not apply', async () => {
    const heal = ['--heal-max-usd', '-5', '--heal-read-units-per-second', '0'];
    const unknown = await say({}, ...place.words('run', '--on-gap', 'repair', ...heal));
    assert.match(unknown, /onGap \(flag --on-gap\): expected one of heal, resync, wait, exit\n/);
    assert.match(unknown, /heal\.maxUsd \(flag --heal-max-usd\): expected at least 0\n/);
    assert.match(unknown, /heal\.readUnitsPerSecond \(flag .*\): expected at least 1\n/);
    const idle = await say(
      { DYNAMODB_REPLICATOR_HEAL_MAX_USD: '5' },
      ...place.words('run', '--on-gap', 'resync'),
    );
    assert.match(
      idle,
      /heal\.maxUsd \(environment DYNAMODB_REPLICATOR_HEAL_MAX_USD\): applies only with onGap: heal; it is resync\n/,
    );
  });

  it('two tables with names that are the same to DuckDB', async () => {
    const said = await say({}, ...place.words('run', '--table', 'orders', '--table', 'Orders'));
    assert.match(
      said,
      /tables \(flag --table\): orders and Orders would be written to the same table, orders \(case does not count\); set destinationTable/,
    );
  });

  it('names that a list in a variable does not have as text: asks to quote each', async () => {
    const tables = '["orders", 5, true, null, {"name": 20260101}, {"name": "carts", "deletes": "sotf"}]';
    const said = await say({ DYNAMODB_REPLICATOR_TABLES: tables }, 'run', '--to', place.to);
    for (const [setting, read] of [
      ['tables[1]', 'the number 5'],
      ['tables[2]', 'true'],
      ['tables[3]', 'null'],
      ['tables[4].name', 'the number 20260101'],
    ] as const)
      assert.ok(
        said.includes(
          `  ${setting} (environment DYNAMODB_REPLICATOR_TABLES): expected text, but it is read as ${read}; quote it\n`,
        ),
        said,
      );
    assert.match(said, /tables\[5\]\.deletes .*: expected hard or soft; did you mean soft\?/);
  });

  it('names that YAML does not read as text: asks to quote each', async () => {
    const path = join(place.folder, 'settings.yaml');
    const lines = [
      ...[
        'tables:',
        '  - 2024',
        '  - name: 20260101',
        '  - false',
        '  -',
        '  - name: orders',
        '    destinationTable: 7',
      ],
      ...[
        'bucket: 2025',
        'to: 1',
        'bucketOwner: 123456789012',
        'profile: true',
        'metrics:',
        '  replicator: 5',
      ],
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    try {
      const said = await say({}, 'run', '--config', path);
      const quoted = [
        ...said.matchAll(/^ {2}(\S+) \(file .*\): expected text, but it is read as (.+); quote it$/gm),
      ];
      assert.deepEqual(
        quoted.map(([, setting, read]) => `${setting} ${read}`),
        [
          ...[
            'tables[0] the number 2024',
            'tables[1].name the number 20260101',
            'tables[2] false',
            'tables[3] null',
          ],
          ...['tables[4].destinationTable the number 7', 'bucket the number 2025'],
          ...[
            'bucketOwner the number 123456789012',
            'to the number 1',
            'profile true',
            'metrics.replicator the number 5',
          ],
        ],
      );
      assert.match(said, /^10 settings are invalid/);
    } finally {
      rmSync(path);
    }
  });

  it('ARNs instead of names, and duplicate names: one message each', async () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table';
    const tables = [
      `${arn}/orders`,
      `${arn}/orders/stream/2026-01-05T12:00:00.000`,
      'x',
      'items',
      'items',
      'Items',
    ];
    const said = await say(
      {},
      ...['run', ...tables.flatMap((table) => ['--table', table])],
      ...['--bucket', 'arn:aws:s3:::my-exports', '--to', place.to],
    );
    const problems = said.split('\n').slice(1, -2);
    assert.deepEqual(problems, [
      '  tables[0].name (flag --table): expected the table’s name, not its ARN: orders',
      '  tables[1].name (flag --table): expected the table’s name, not its ARN: orders',
      '  tables[2].name (flag --table): expected a table name of 3 to 255 letters, digits, _ . -',
      '  bucket.name (flag --bucket): expected the bucket’s name, not its ARN: my-exports',
    ]);
    const twice = await say(
      {},
      ...['run', ...tables.slice(3).flatMap((table) => ['--table', table])],
      ...['--bucket', 'my-exports', '--to', place.to],
    );
    assert.match(
      twice,
      /^2 settings are invalid.*\n.*: items is listed more than once\n.*: items and Items would be written/,
    );
  });

  it('no settings: lists all required ones, with an example of each', async () => {
    const said = await say({}, 'run');
    assert.match(said, /^3 settings are invalid/);
    assert.match(said, /tables: is required: --table orders, or DYNAMODB_REPLICATOR_TABLES/);
    assert.match(said, /bucket: is required: --bucket my-exports\/replicator, or DYNAMODB_REPLICATOR_BUCKET/);
    assert.match(said, /to: is required: --to orders\.duckdb, or DYNAMODB_REPLICATOR_TO/);
  });

  it('a mistyped verb, with the one that you probably meant', async () => {
    const said = await say({}, 'runn', '--table', 'orders');
    assert.match(said, /^Unknown command: runn; did you mean run\?\nThe commands are demo, check, run, /);
  });

  it('an unexpected argument', async () => {
    assert.match(
      await say({}, ...place.words('run', 'orders')),
      /orders \(command line\): unexpected argument; did you mean --table orders\?/,
    );
  });
});
