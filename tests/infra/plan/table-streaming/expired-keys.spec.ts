import assert from 'node:assert/strict';
import type { TableClient } from '../../../../infra/plan/table-streaming/client';
import { replaceExpired } from '../../../../infra/plan/table-streaming/expired-keys';

/** Describes a table of its account, or fails with an error of that name. Notes what it is asked to do. */
function clientOf(account: string, calls: string[], failure?: string): TableClient {
  const note = (call: string) => {
    calls.push(`${call} ${account}`);
    return Promise.resolve();
  };
  return {
    describe: async (table) => {
      await note('describe');
      if (failure !== undefined) throw Object.assign(new Error(`it is ${failure}`), { name: failure });
      return {
        status: 'ACTIVE',
        arn: `arn:aws:dynamodb:eu-west-1:${account}:table/${table}`,
        stream: { enabled: false },
        replicas: 0,
      };
    },
    callerAccount: () => note('callerAccount').then(() => account),
    describeRecovery: () => note('describeRecovery').then(() => ({ enabled: false })),
    enableStream: () => note('enableStream'),
    disableStream: () => note('disableStream'),
    enableRecovery: () => note('enableRecovery'),
    pause: () => note('pause'),
  };
}

describe('keys in the state', () => {
  it('are used while they are valid', async () => {
    const calls: string[] = [];
    const client = replaceExpired(clientOf('stored', calls), () => assert.fail('the environment was asked'));
    await client.describe('orders');
    await client.disableStream('orders');
    assert.deepEqual(calls, ['describe stored', 'disableStream stored']);
  });

  for (const name of ['ExpiredTokenException', 'ExpiredToken', 'UnrecognizedClientException']) {
    it(`give way to the environment’s credentials, for all calls: ${name}`, async () => {
      const calls: string[] = [];
      const client = replaceExpired(clientOf('stored', calls, name), () => clientOf('environment', calls));
      const { arn } = await client.describe('orders');
      assert.equal(arn, 'arn:aws:dynamodb:eu-west-1:environment:table/orders');
      assert.equal(await client.callerAccount(), 'environment');
      await client.describeRecovery('orders');
      await client.enableStream('orders', 'NEW_IMAGE');
      await client.disableStream('orders');
      await client.enableRecovery('orders');
      await client.pause(1);
      assert.deepEqual(
        calls.slice(1).filter((call) => !call.endsWith(' environment')),
        [],
      );
    });
  }

  it('stay in use for any other failure', async () => {
    for (const name of ['AccessDeniedException', 'ResourceNotFoundException']) {
      const client = replaceExpired(clientOf('stored', [], name), () => assert.fail('it was asked'));
      await assert.rejects(client.describe('orders'), { name });
    }
  });

  it('are reported as expired where the environment’s credentials fail too', async () => {
    const client = replaceExpired(clientOf('stored', [], 'ExpiredToken'), () =>
      clientOf('environment', [], 'CredentialsProviderError'),
    );
    await assert.rejects(client.describe('orders'), {
      message:
        "Table orders: the provider's access keys in the stack's state have expired, and the environment's credentials failed too: it is " +
        "CredentialsProviderError. Run pulumi up with new keys to store them, or set credentials of the table's account in the environment.",
    });
  });
});
