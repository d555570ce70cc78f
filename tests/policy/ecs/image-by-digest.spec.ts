import * as aws from '@pulumi/aws';
import { imageByDigest } from '../../../policy/rules/ecs/image-by-digest';
import { examine, given, UNKNOWN } from '../examine';

const task = (container: object) =>
  given(aws.ecs.TaskDefinition, { containerDefinitions: JSON.stringify([{ name: 'app', ...container }]) });
const UNKNOWN_TASK = given(aws.ecs.TaskDefinition, { containerDefinitions: UNKNOWN });

examine(imageByDigest, {
  violating: {
    'a tag': {
      given: task({ image: 'ghcr.io/shop/app:1.2' }),
      finds: ['container app: its image is ghcr.io/shop/app:1.2; a tag can be moved to another image'],
    },
    'a truncated digest': {
      given: task({ image: 'app@sha256:12' }),
      finds: ['container app: its image is app@sha256:12; a tag can be moved to another image'],
    },
  },
  satisfying: {
    'a digest': { given: task({ image: `ghcr.io/shop/app@sha256:${'0'.repeat(64)}` }) },
    'a tag with a digest': { given: task({ image: `ghcr.io/shop/app:1.2@sha256:${'0'.repeat(64)}` }) },
  },
  unknown: { 'containers that name what is not there yet': { given: UNKNOWN_TASK } },
});
