import assert from 'node:assert/strict';
import { exportedTables, firstExportCosts } from '../../review/first-exports';
import { readStackFile } from '../../review/stack-file';
import { tableSizes } from '../../review/table-sizes';

const GB = 2 ** 30;

const fileWith = (...tables: readonly object[]) =>
  readStackFile(JSON.stringify({ config: { 'dynamodb-replicator:tables': tables } }));

describe('the first export in a review', () => {
  it('is of each table that is added and exists already', () => {
    const before = fileWith({ name: 'orders' });
    const created = { name: 'carts', management: 'Managed', create: { partitionKey: { name: 'id' } } };
    const after = fileWith(
      { name: 'invoices', management: 'Enable' },
      { name: 'orders', deletes: 'soft' },
      created,
    );
    const namesOf = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
    assert.deepEqual(namesOf(exportedTables(before, after)), ['invoices']);
    assert.deepEqual(namesOf(exportedTables(undefined, after)), ['invoices', 'orders']);
    assert.deepEqual(exportedTables(after, after), []);
  });

  it('costs what the table’s size says, or else a price per GB and how to read the size', () => {
    const bytes = new Map([
      ['orders', 12.5 * GB],
      ['empty', 0],
    ]);
    assert.deepEqual(
      firstExportCosts([{ name: 'orders' }, { name: 'empty' }, { name: 'invoices' }], bytes, 'eu-west-1'),
      [
        'Once, the first export of **orders**: **$1.25** (12.5 GB, $0.10 per GB)',
        'Once, the first export of **empty**: **$0.00** (0 GB, $0.10 per GB)',
        'Once, the first export of **invoices**: $0.10 per GB of the table; `npx dynamodb-replicator estimate --table invoices --region eu-west-1` reads its size',
      ],
    );
  });
});

describe('the sizes of tables', () => {
  it('are those that the AWS CLI prints', async () => {
    const asked: string[] = [];
    const { bytes, problems } = await tableSizes(['orders', 'customers'], 'eu-west-1', (program, args) => {
      asked.push([program, ...args].join(' '));
      return Promise.resolve(`${1_000 * asked.length}\n`);
    });
    assert.deepEqual(
      [...bytes],
      [
        ['orders', 1_000],
        ['customers', 2_000],
      ],
    );
    assert.deepEqual(problems, []);
    assert.equal(
      asked[0],
      'aws dynamodb describe-table --table-name orders --query Table.TableSizeBytes --output text --region eu-west-1',
    );
  });

  it('are left out with a reason if the AWS CLI fails or prints something else', async () => {
    const answers: Readonly<Record<string, () => Promise<string>>> = {
      denied: () => Promise.reject(new Error('Command failed: aws dynamodb …\nAccessDenied\n')),
      odd: () => Promise.resolve('None\n'),
      orders: () => Promise.resolve('7\n'),
    };
    const { bytes, problems } = await tableSizes(Object.keys(answers), 'eu-west-1', (_, args) =>
      (answers[args[3] ?? ''] as () => Promise<string>)(),
    );
    assert.deepEqual([...bytes], [['orders', 7]]);
    assert.deepEqual(problems, [
      'The size of denied is not known: Command failed: aws dynamodb … AccessDenied',
      'The size of odd is not known: the AWS CLI printed None',
    ]);
  });
});
