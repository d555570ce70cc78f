import assert from 'node:assert/strict';
import { AwsFault } from '../../../runtime/aws/faults';
import { readSecret } from '../../../runtime/aws/secrets';
import type { AwsSettings } from '../../../runtime/aws/settings';
import { type Listening, ManualClock, Simulator } from '../../../simulator';
import { json, ScriptedServer, serviceError } from './scripted-server';

const settings = (endpoint: string): Partial<AwsSettings> => ({
  endpoint,
  // Another region than the secret's, which its ARN names.
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});

describe('Secrets, by the AWS SDK', () => {
  let simulator: Simulator;
  let listening: Listening;

  before(async () => {
    simulator = new Simulator({ clock: new ManualClock(), seed: 3, region: 'eu-west-1' });
    listening = await simulator.listen();
  });
  after(() => listening.close());

  it('are read in their current version, text or bytes, also after a rotation', async () => {
    const { arn } = simulator.secrets.put('prod/password', 'first "é"');
    assert.equal(await readSecret(arn, settings(listening.url)), 'first "é"');
    simulator.secrets.put('prod/password', Buffer.from('second'));
    assert.equal(await readSecret(arn, settings(listening.url)), 'second');
  });

  it('are read in the region of their ARN', async () => {
    const server = await ScriptedServer.start();
    try {
      server.answerWith(json(200, { SecretString: 'x' }));
      const arn = 'arn:aws:secretsmanager:ap-south-1:123456789012:secret:a-AbCdEf';
      assert.equal(await readSecret(arn, settings(server.url)), 'x');
      assert.match(String(server.heard[0]?.headers.authorization), /\/ap-south-1\/secretsmanager\//);
    } finally {
      await server.close();
    }
  });

  it('lead to errors that name the missing permission and the secret', async () => {
    const server = await ScriptedServer.start();
    try {
      const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf';
      server.answerWith(serviceError('AccessDeniedException'));
      await assert.rejects(readSecret(arn, settings(server.url)), (error) => {
        assert.ok(error instanceof AwsFault);
        assert.deepEqual(error.permission, { action: 'secretsmanager:GetSecretValue', resource: arn });
        return true;
      });
    } finally {
      await server.close();
    }
    const unknown = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:unknown-AbCdEf';
    await assert.rejects(readSecret(unknown, settings(listening.url)), {
      kind: 'fatal',
      message: /There is no secret arn:aws:.*unknown.*--region eu-west-1/,
    });
  });
});
