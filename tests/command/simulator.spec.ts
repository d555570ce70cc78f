import assert from 'node:assert/strict';
import { main } from '../../command/main';
import { EXIT } from '../../runtime/verbs/exit-codes';
import { everyday } from '../../simulator';
import { quickIf } from '../tiers/tier';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';

/** Waits for what a command prints. */
async function printed(terminal: FakeTerminal, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(terminal.written);
    if (match) return match;
    assert.equal(terminal.complained, '');
    await new Promise(setImmediate);
  }
}

describe('dynamodb-replicator simulator', () => {
  let terminal: FakeTerminal;
  let ended: Promise<number>;

  async function started(...flags: string[]): Promise<string> {
    terminal = new FakeTerminal();
    ended = main(['simulator', '--port', '0', ...flags], terminal);
    return (await printed(terminal, /(http:\/\/127\.0\.0\.1:\d+)/))[1] as string;
  }

  afterEach(async () => {
    terminal.interrupt();
    assert.equal(await ended, EXIT.fine);
  });

  /** The answer of an operation, in wire form. */
  // oxlint-disable-next-line typescript/no-explicit-any -- wire JSON of any operation
  async function call(url: string, operation: string, input: object): Promise<any> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}`, authorization: 'any' },
      body: JSON.stringify(input),
    });
    return response.json();
  }

  const TABLE = {
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  };

  const advance = (url: string, advanceMs: number): Promise<unknown> =>
    fetch(`${url}/_simulator/clock`, { method: 'POST', body: JSON.stringify({ advanceMs }) });

  it('prints how to use it from the CLI, boto3 and SDKs, and what it lacks', async () => {
    const url = await started('--region', 'us-gov-west-1', '--account', '999999999999');
    for (const part of [
      `AWS_ENDPOINT_URL=${url} AWS_REGION=us-gov-west-1`,
      'account 999999999999',
      `boto3.resource('dynamodb', endpoint_url='${url}', region_name='us-gov-west-1'`,
      `new DynamoDBClient({ endpoint: '${url}', region: 'us-gov-west-1'`,
      'It lacks PartiQL',
      'NotSimulatedException',
      '--region us-gov-west-1',
    ]) {
      assert.ok(terminal.written.includes(part), part);
    }
  });

  it('uses the region and account of its flags', async () => {
    const url = await started('--region', 'us-east-2', '--account', '000000000001');
    const { TableDescription } = await call(url, 'CreateTable', TABLE);
    assert.equal(TableDescription.TableArn, 'arn:aws:dynamodb:us-east-2:000000000001:table/orders');
  });

  it('takes a moment to create and delete tables', async () => {
    assert.ok(everyday.tableCreatingMs > 0 && everyday.tableDeletingMs > 0);
    // Long enough to be seen on any machine.
    const url = await started('--table-delay-ms', '3000000');
    const status = async (): Promise<string> => {
      const { Table, __type } = await call(url, 'DescribeTable', { TableName: 'orders' });
      return Table?.TableStatus ?? __type;
    };
    await call(url, 'CreateTable', TABLE);
    assert.equal(await status(), 'CREATING');
    await advance(url, 3_000_000);
    assert.equal(await status(), 'ACTIVE');
    await call(url, 'DeleteTable', { TableName: 'orders' });
    assert.equal(await status(), 'DELETING');
    await advance(url, 3_000_000);
    assert.match(await status(), /ResourceNotFoundException/);
  });

  it('creates tables at once with --table-delay-ms 0', async () => {
    const url = await started('--table-delay-ms', '0');
    await call(url, 'CreateTable', TABLE);
    const { Table } = await call(url, 'DescribeTable', { TableName: 'orders' });
    assert.equal(Table.TableStatus, 'ACTIVE');
  });

  for (const [flags, isWhole] of [
    [[], true],
    [['--export-cut', 'exact'], true],
    [['--export-cut', 'mixed'], false],
  ] as const) {
    const which = flags.join(' ') || 'by default';
    quickIf(flags[1] !== 'exact').it(
      `${which}: an export ${isWhole ? 'has' : 'may lack'} items written just before its time`,
      async () => {
        const url = await started(...flags);
        await call(url, 'CreateTable', TABLE);
        await advance(url, 1000);
        await call(url, 'UpdateContinuousBackups', {
          TableName: 'orders',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        });
        await fetch(`${url}/_simulator/buckets`, { method: 'POST', body: '{"name":"exports"}' });
        for (let i = 0; i < 20; i++)
          await call(url, 'PutItem', { TableName: 'orders', Item: { id: { S: String(i) } } });
        const TableArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
        const { ExportDescription } = await call(url, 'ExportTableToPointInTime', {
          TableArn,
          S3Bucket: 'exports',
        });
        await advance(url, 12 * 60_000);
        const { ExportArn } = ExportDescription;
        const described = (await call(url, 'DescribeExport', { ExportArn })).ExportDescription;
        assert.equal(described.ExportStatus, 'COMPLETED');
        assert.equal(described.ItemCount === 20, isWhole);
      },
    );
  }
});

describe('dynamodb-replicator simulator, flags', () => {
  for (const [flag, value, message] of [
    ['--region', 'Ireland', /--region takes an AWS region/],
    ['--account', '12345', /--account takes an AWS account ID of 12 digits/],
    ['--export-cut', 'sharp', /export-cut.*exact, mixed/],
  ] as const) {
    it(`refuses ${flag} ${value}`, async () => {
      const wrong = new FakeTerminal();
      assert.equal(await main(['simulator', '--port', '0', flag, value], wrong), EXIT.wrongUse);
      assert.match(wrong.complained, message);
    });
  }
});
