import assert from 'node:assert/strict';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { recordProgram } from '../../review/record-program';
import { UNKNOWN } from '../../review/wire';

describe('a recorded program', () => {
  const program = () => {
    const bucket = new aws.s3.Bucket('exports', { bucket: 'my-exports' });
    new aws.secretsmanager.SecretVersion('key', {
      secretId: bucket.arn,
      secretString: pulumi.secret('s3cr3t'),
    });
  };
  const inputsOf = async (preview: boolean) => {
    const resources = await recordProgram({ stack: 'dev', preview }, program);
    return resources.find(({ name }) => name === 'key')?.inputs;
  };

  it('has inputs as a policy sees them: secrets unwrapped, and unknown values marked as such', async () => {
    assert.deepEqual(await inputsOf(false), {
      secretId: 'arn:aws:s3:::my-exports',
      secretString: 's3cr3t',
    });
    assert.deepEqual(await inputsOf(true), { secretId: UNKNOWN, secretString: 's3cr3t' });
  });

  it('fails with the error of an output, and leaves no configuration behind', async () => {
    const failing = recordProgram({ stack: 'dev' }, () => {
      pulumi.runtime.setAllConfig({ 'dynamodb-replicator:image': 'x' });
      new aws.s3.Bucket('exports', {
        bucket: pulumi.output('x').apply((): string => {
          throw new Error('there is no such name');
        }),
      });
    });
    await assert.rejects(failing, { message: 'there is no such name' });
    assert.deepEqual(pulumi.runtime.allConfig(), {});
  });

  it('reports a lookup that the mocks have no answer to', async () => {
    const asking = recordProgram({ stack: 'dev' }, () => aws.s3.getObject({ bucket: 'b', key: 'k' }));
    await assert.rejects(asking, /has no answer to aws:s3\/getObject:getObject/);
  });
});
