import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../runtime/verbs/exit-codes';
import { main } from '../../command/main';
import { type Listening, RunningClock, Simulator } from '../../simulator';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import { keptEnvironment } from '../environment';

const ROOT = join(__dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/SELF-SERVICE.md'), 'utf8');
const CI = readFileSync(join(ROOT, '.ci/run'), 'utf8');
const HOUR = 3_600_000;

/** Lines that begin with a command; prose has no such lines. */
const commands = (start: string) => DOCUMENT.split('\n').filter((line) => line.startsWith(start));

describe('docs/SELF-SERVICE.md', () => {
  let simulator: Simulator;
  let listening: Listening;
  const restoreEnvironment = keptEnvironment();

  const run = async (line: string) => {
    // The region in Pulumi.dev.yaml is not the simulator's.
    const words = [...line.split(' ').slice(2), '--region', simulator.region];
    const terminal = new FakeTerminal({ DYNAMODB_REPLICATOR_ENDPOINT: listening.url });
    return { code: await main(words, terminal), written: terminal.written, complained: terminal.complained };
  };

  before(async () => {
    simulator = new Simulator({ clock: new RunningClock(1, Date.now() - 8 * HOUR) });
    const call = (operation: string, input: Record<string, unknown>) =>
      simulator.call('dynamodb', operation, input);
    for (const TableName of ['orders', 'invoices'])
      call('CreateTable', {
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      });
    for (const id of ['a', 'b', 'c'])
      call('PutItem', {
        TableName: 'invoices',
        Item: { id: { S: id }, total: { N: '12.50' }, note: { S: 'paid' } },
      });
    simulator.clock.advance?.(7 * HOUR);
    listening = await simulator.listen();
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  });
  after(async () => {
    await listening.close();
    restoreEnvironment();
  });

  for (const line of commands('npx dynamodb-replicator'))
    it(`runs ${line}`, async () => {
      const { code, complained } = await run(line);
      assert.equal(code, EXIT.fine, complained);
    });

  it('shows the output of plan-table', async () => {
    const { written } = await run('npx dynamodb-replicator plan-table invoices --sample 0');
    const lines = written.slice(0, written.indexOf('\n\n') + 1);
    assert.ok(DOCUMENT.includes(`\`\`\`\n${lines}\`\`\``), lines);
  });

  it('names only existing scripts that .ci/run calls', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...DOCUMENT.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(
      (match) => match[1] as string,
    );
    for (const name of named) {
      assert.ok(name in scripts, name);
      assert.match(CI, new RegExp(`npm run (--silent )?${name}`));
    }
  });

  it('has commands', () => {
    assert.equal(commands('npx dynamodb-replicator').length, 3);
    assert.equal(commands('npm run review').length, 1);
  });
});
