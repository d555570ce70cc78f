import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../command/main';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import { Place } from './place';

/** Each is looked at before anything is opened: no simulator is asked, no file is made. */
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
    it(`${verb}: an unknown flag, with the one that was meant`, async () => {
      const said = await say({}, ...place.words(verb, '--max-colums', '10'));
      assert.match(
        said,
        /^A setting is wrong; nothing was started\.\n {2}--max-colums \(command line\): no such setting; did you mean --max-columns\?\n/,
      );
    });
  }

  it('an unknown variable, with the one that was meant', async () => {
    const said = await say({ DYNAMODB_REPLICATOR_DELETE: 'soft' }, ...place.words('run'));
    assert.match(
      said,
      /DYNAMODB_REPLICATOR_DELETE \(environment\): no such setting; did you mean DYNAMODB_REPLICATOR_DELETES\?/,
    );
  });

  it('an unknown setting in a file, with the one that was meant, in a group and of a table too', async () => {
    const path = join(place.folder, 'settings.yaml');
    writeFileSync(path, 'delets: soft\nduckdb:\n  thread: 2\ntables:\n  - name: orders\n    maxColums: 4\n');
    try {
      const said = await say({}, 'run', '--bucket', 'my-exports', '--to', place.to, '--config', path);
      assert.match(said, /^3 settings are wrong/);
      assert.match(said, new RegExp(`  delets \\(file ${path}\\): no such setting; did you mean deletes\\?`));
      assert.match(said, /duckdb\.thread \(file .*\): no such setting; did you mean duckdb\.threads\?/);
      assert.match(said, /tables\[0\]\.maxColums \(file .*\): no such setting; did you mean maxColumns\?/);
    } finally {
      assert.deepEqual(readdirSync(place.folder), ['settings.yaml']);
      rmSync(path);
    }
  });

  it('a settings file that is not there', async () => {
    assert.match(
      await say({}, ...place.words('run', '--config', join(place.folder, 'missing.yaml'))),
      /missing\.yaml \(--config\): the settings file cannot be read: ENOENT/,
    );
  });

  it('contradictions are listed all at once, beside everything else that is wrong', async () => {
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
    assert.match(said, /^7 settings are wrong; nothing was started\.\n/);
    for (const line of [
      /bucket \(flag --bucket\): expected NAME or NAME\/PREFIX, without s3:\/\//,
      /to \(flag --to\): expected the path of a DuckDB file, or postgres:\/\/USER@HOST\/DATABASE; other destinations are not built yet/,
      /deletes \(flag --deletes\): expected hard or soft; did you mean soft\?/,
      /destinationTable \(flag --destination-table\): one name for 2 tables; give each its destinationTable/,
      /maxColumns \(flag --max-columns\): has no meaning with columns: document/,
      /poll\.minMs \(flag --poll-min-ms\): 9000 is more than poll\.maxMs, 5000/,
      /clockRate \(flag --clock-rate\): is only for the simulator; give its address with --endpoint/,
      /All settings: docs\/CONFIGURATION\.md, or --help\.\n$/,
    ]) {
      assert.match(said, line);
    }
  });

  it('two tables that DuckDB would take for one', async () => {
    const said = await say({}, ...place.words('run', '--table', 'orders', '--table', 'Orders'));
    assert.match(said, /tables \(flag --table\): more than one would be written to orders/);
  });

  it('nothing given: all that is needed, with an example of each', async () => {
    const said = await say({}, 'run');
    assert.match(said, /^3 settings are wrong/);
    assert.match(said, /tables: is needed: --table orders, or DYNAMODB_REPLICATOR_TABLES/);
    assert.match(said, /bucket: is needed: --bucket my-exports\/replicator, or DYNAMODB_REPLICATOR_BUCKET/);
    assert.match(said, /to: is needed: --to orders\.duckdb, or DYNAMODB_REPLICATOR_TO/);
  });

  it('a mistyped verb, with the one that was meant', async () => {
    const said = await say({}, 'runn', '--table', 'orders');
    assert.match(said, /^There is no verb runn; did you mean run\?\nThe verbs are demo, check, run, /);
  });

  it('a word that belongs to nothing', async () => {
    assert.match(
      await say({}, ...place.words('run', 'orders')),
      /orders \(command line\): not expected here; settings are given as --name VALUE/,
    );
  });
});
