import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { Aws, type Keys, OF_ENVIRONMENT } from './aws';
import { awsEndpoint, Backend, Engine } from './engine';

const FOLDER = join(__dirname, 'accounts');
const OFF = [false, 'DISABLED'];
const ON = [true, 'ENABLED'];
const STREAM_LEFT_OFF = [false, 'ENABLED'];
const REFUSED = /invoices.*account 222222222222.*account 123456789012/s;

const place = { endpoint: awsEndpoint(), region: process.env['AWS_REGION'] ?? 'us-east-1' };

async function keysOf(account: string): Promise<Keys> {
  const sts = new STSClient({ ...place, credentials: OF_ENVIRONMENT });
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/deploy`, RoleSessionName: 'test' }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    return {
      accessKeyId: AccessKeyId as string,
      secretAccessKey: SecretAccessKey as string,
      sessionToken: SessionToken as string,
    };
  } finally {
    sts.destroy();
  }
}

/** One account with a table `invoices`, whose stream and recovery are off. */
class Account {
  private readonly aws: Aws;
  private readonly dynamodb: DynamoDBClient;

  constructor(readonly keys: Keys) {
    this.aws = new Aws(keys);
    this.dynamodb = new DynamoDBClient({ ...place, credentials: keys });
  }

  async create(): Promise<void> {
    await this.dynamodb.send(
      new CreateTableCommand({
        TableName: 'invoices',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
  }

  /** Whether the table's stream and recovery are on. */
  async enabled(): Promise<readonly unknown[]> {
    const { stream, recovery } = await this.aws.table('invoices');
    return [stream, recovery];
  }

  async streamArn(): Promise<string | undefined> {
    return (await this.aws.table('invoices')).streamArn;
  }

  async remove(): Promise<void> {
    await this.dynamodb.send(new DeleteTableCommand({ TableName: 'invoices' }));
    this.dynamodb.destroy();
    this.aws.close();
  }
}

describe('Enable through a provider of another account than the environment’s', () => {
  let backend: Backend;
  let stack: Engine;
  let environment: Account;
  let provider: Account;
  let credentialsFile: string;

  beforeEach(async () => {
    backend = new Backend();
    stack = new Engine(backend, FOLDER, 'test');
    credentialsFile = join(backend.folder, 'credentials');
    environment = new Account(OF_ENVIRONMENT);
    provider = new Account(await keysOf('222222222222'));
    await environment.create();
    await provider.create();
    const { accessKeyId, secretAccessKey, sessionToken } = provider.keys;
    const secrets = { accessKey: accessKeyId, secretKey: secretAccessKey, token: sessionToken ?? '' };
    await stack.init({ 'aws:region': 'us-east-1', credentialsFile, 'components[0]': 'invoices' }, secrets);
  });
  afterEach(async () => {
    rmSync(join(FOLDER, 'Pulumi.test.yaml'), { force: true });
    backend.remove();
    await environment.remove();
    await provider.remove();
  });

  const writeProfile = ({ accessKeyId, secretAccessKey, sessionToken }: Keys) => {
    const token = sessionToken === undefined ? '' : `aws_session_token = ${sessionToken}\n`;
    writeFileSync(
      credentialsFile,
      `[deploy]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n${token}`,
    );
  };

  for (const way of ['roles', 'keys', 'profile', 'default']) {
    it(`acts on the provider's account alone: ${way}`, async () => {
      writeProfile(provider.keys);
      await stack.set('way', way);
      // The default provider has the stack's configuration.
      if (way === 'default')
        await stack.set('aws:assumeRoles[0].roleArn', 'arn:aws:iam::222222222222:role/deploy');
      await stack.up();
      assert.deepEqual([await provider.enabled(), await environment.enabled()], [ON, OFF]);
      const state = await stack.state();
      for (const key of [provider.keys.secretAccessKey, provider.keys.sessionToken as string])
        assert.ok(!state.includes(key), 'a key is in the state in the clear');
      await stack.refresh('--expect-no-changes');
      await stack.up('--expect-no-changes');
      assert.deepEqual(await stack.changes(), []);
      await stack.destroy();
      assert.deepEqual([await provider.enabled(), await environment.enabled()], [STREAM_LEFT_OFF, OFF]);
    });
  }

  it('changes nothing in either account where its credentials are of another than the provider’s', async () => {
    await stack.set('way', 'hidden');
    await assert.rejects(stack.up(), REFUSED);
    assert.deepEqual([await provider.enabled(), await environment.enabled()], [OFF, OFF]);
  });

  it('changes nothing where a profile has become that of another account', async () => {
    writeProfile(provider.keys);
    await stack.set('way', 'profile');
    await stack.up();
    writeProfile(environment.keys);
    await assert.rejects(stack.refresh(), REFUSED);
    await assert.rejects(stack.destroy(), REFUSED);
    assert.deepEqual([await provider.enabled(), await environment.enabled()], [ON, OFF]);
  });

  it('moves to the account of another provider', async () => {
    await stack.set('way', 'default');
    await stack.up();
    assert.deepEqual([await provider.enabled(), await environment.enabled()], [OFF, ON]);
    await stack.set('way', 'roles');
    await stack.up();
    assert.deepEqual([await provider.enabled(), await environment.enabled()], [ON, STREAM_LEFT_OFF]);
  });

  it('saves keys that were rotated, and nothing else', async () => {
    await stack.set('way', 'keys');
    await stack.up();
    const streamArn = await provider.streamArn();
    const { accessKeyId, secretAccessKey, sessionToken } = await keysOf('222222222222');
    await stack.setSecret('accessKey', accessKeyId);
    await stack.setSecret('secretKey', secretAccessKey);
    await stack.setSecret('token', sessionToken as string);
    assert.deepEqual(
      (await stack.changes()).filter((change) => !change.includes('pulumi:providers')),
      [],
    );
    await stack.up();
    await stack.up('--expect-no-changes');
    assert.equal(await provider.streamArn(), streamArn);
  });

  describe('Restore', () => {
    beforeEach(async () => {
      await stack.set('way', 'default');
      await stack.up();
    });

    it('leaves the stream on when its component gets another name', async () => {
      await stack.set('components[0]', 'bills');
      await stack.up();
      assert.deepEqual(await environment.enabled(), ON);
    });

    it('turns the stream off at the end when the new name has the old one as an alias', async () => {
      const streamArn = await environment.streamArn();
      await stack.set('components[0]', 'bills');
      await stack.set('oldNames[0]', 'invoices');
      await stack.up();
      assert.deepEqual([await environment.streamArn(), await environment.enabled()], [streamArn, ON]);
      await stack.destroy();
      assert.deepEqual(await environment.enabled(), STREAM_LEFT_OFF);
    });

    it('leaves the stream on while another component uses it', async () => {
      await stack.set('components[1]', 'bills');
      await stack.up();
      await stack.set('components[0]', 'bills');
      await stack.set('components[1]', 'receipts');
      await stack.up();
      assert.deepEqual(await environment.enabled(), ON);
    });

    it('leaves the stream on when its resource is replaced', async () => {
      await stack.up('--replace', await stack.urnOf('TableStreaming'));
      assert.deepEqual(await environment.enabled(), ON);
    });
  });
});
