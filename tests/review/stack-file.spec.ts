import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack, readStackFile, UnreadableFile } from '../../review/stack-file';

const FILE = `config:
  aws:region: eu-west-1
  dynamodb-replicator:accountId: '123456789012'
  dynamodb-replicator:tables:
    - name: orders
      deletes: soft
  dynamodb-replicator:destination:
    host: warehouse.internal
`;
const PASSWORD = 'dynamodb-replicator:destinationPassword';

describe('a stack’s file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stack-'));
    mkdirSync(join(folder, 'tables'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('has settings without the project’s name, and the program’s configuration as text', () => {
    const { region, settings, tables, config } = readStackFile(FILE);
    assert.equal(region, 'eu-west-1');
    assert.deepEqual(Object.keys(settings), ['accountId', 'tables', 'destination']);
    assert.deepEqual(tables, [{ name: 'orders', deletes: 'soft' }]);
    assert.equal(config['dynamodb-replicator:accountId'], '123456789012');
    assert.equal(config['dynamodb-replicator:tables'], '[{"name":"orders","deletes":"soft"}]');
  });

  it('has a placeholder for the password if the file does not name it, and reads no secret', () => {
    const { config, secrets, settings } = readStackFile(FILE);
    assert.deepEqual(secrets, [PASSWORD]);
    assert.equal(config[PASSWORD], 'not read: it is a secret');
    assert.ok(!('destinationPassword' in settings));
    const inSecret = FILE.replace('host:', 'passwordSecretArn:');
    assert.deepEqual(readStackFile(inSecret).secrets, []);
    const encrypted = readStackFile(`${FILE}  ${PASSWORD}:\n    secure: v1:abc\n`);
    assert.deepEqual([encrypted.secrets, encrypted.config[PASSWORD]], [[PASSWORD], config[PASSWORD]]);
  });

  it('may be empty', () => {
    for (const text of ['', '# nothing yet\n', 'config:\n', 'config: {}\n'])
      assert.deepEqual(readStackFile(text).tables, [], text);
  });

  it('includes the tables of all teams for that stack', () => {
    write('tables/shop.yaml', 'prod:\n  - name: invoices\ndev:\n  - name: carts\n');
    write('tables/billing.yaml', '# nothing yet\n');
    const namesIn = (name: string) => readStack(write(name, FILE)).tables.map((table) => table.name);
    assert.deepEqual(namesIn('Pulumi.prod.yaml'), ['orders', 'invoices']);
    assert.deepEqual(namesIn('Pulumi.staging.yaml'), ['orders']);
    assert.deepEqual(namesIn('stack.yaml'), ['orders'], 'of no stack');
  });

  it('is named in the error if it cannot be read, and so is a team’s', () => {
    const path = join(folder, 'Pulumi.prod.yaml');
    const refused = (file: string) =>
      assert.throws(
        () => readStack(path),
        (error) => error instanceof UnreadableFile && error.message.startsWith(`${file} cannot be read: `),
      );
    refused(path);
    write('Pulumi.prod.yaml', 'config: [');
    refused(path);
    write('Pulumi.prod.yaml', FILE);
    refused(write('tables/shop.yaml', 'prod: ['));
  });
});
