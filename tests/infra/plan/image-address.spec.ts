import assert from 'node:assert/strict';
import { firstInEcr, isInEcr, registryOf, repositoryArnOf } from '../../../infra/plan/image-address';

const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('addresses of images', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    [
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/replicator@${DIGEST}`,
      'arn:aws:ecr:eu-west-1:123456789012:repository/team/replicator',
    ],
    [
      `123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/replicator:v1@${DIGEST}`,
      'arn:aws:ecr:cn-north-1:123456789012:repository/replicator',
    ],
    [`public.ecr.aws/team/replicator@${DIGEST}`, undefined],
    [`ghcr.io/123456789012.dkr.ecr.eu-west-1.amazonaws.com/x@${DIGEST}`, undefined],
  ];
  for (const [uri, arn] of cases) {
    it(`${uri.split('@')[0]}: ${arn ?? 'not in a private repository of ECR'}`, () => {
      assert.equal(repositoryArnOf(uri, 'aws'), arn);
      assert.equal(isInEcr(uri), arn !== undefined);
    });
  }

  const registries: readonly (readonly [uri: string, registry: string])[] = [
    [`ghcr.io/team/replicator@${DIGEST}`, 'ghcr.io'],
    [`localhost:5000/replicator@${DIGEST}`, 'localhost:5000'],
    [`localhost/replicator@${DIGEST}`, 'localhost'],
    [`datadog/agent@${DIGEST}`, 'docker.io'],
    [`busybox@${DIGEST}`, 'docker.io'],
  ];
  for (const [uri, registry] of registries)
    it(`${uri.split('@')[0]}: of the registry ${registry}`, () => {
      assert.equal(registryOf(uri), registry);
    });

  it('name the first that is in ECR, or may be, else the first', () => {
    const [ecr, other] = ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/x', 'ghcr.io/x'];
    assert.equal(firstInEcr([other, ecr]), ecr);
    assert.equal(firstInEcr([other, undefined]), undefined);
    assert.equal(firstInEcr([other, 'busybox']), other);
  });
});
