import assert from 'node:assert/strict';
import { isInEcr, repositoryArnOf } from '../../../infra/plan/image-address';

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
});
