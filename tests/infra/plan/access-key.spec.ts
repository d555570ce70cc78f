import assert from 'node:assert/strict';
import { keptKey } from '../../../infra/plan/access-key';

describe('the secret that keeps an access key', () => {
  it('has both parts of the key', () => {
    assert.deepEqual(JSON.parse(keptKey('AKIA1', 's3cr3t')), {
      accessKeyId: 'AKIA1',
      secretAccessKey: 's3cr3t',
    });
  });

  for (const missing of [undefined, ''])
    it(`is not written for an imported key, whose secret is ${JSON.stringify(missing)}`, () => {
      assert.throws(() => keptKey('AKIA1', missing), {
        name: 'UnsuitableResource',
        message:
          /^access key AKIA1: it was imported, but AWS returns the secret of a key only when it creates it\. /,
      });
    });
});
