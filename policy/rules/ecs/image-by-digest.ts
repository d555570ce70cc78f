import { eachContainer } from '../../ecs/containers';
import { resourceRule } from '../../rule';

/** A tag names the image that was pushed last; a digest always names the same image. */
export const imageByDigest = resourceRule({
  name: 'ecs-image-by-digest',
  description: 'Containers name their image by digest.',
  level: 'mandatory',
  severity: 'high',
  standards: { wellArchitected: ['SEC06-BP06'] },
  remedy: 'Write NAME@sha256:DIGEST; docker buildx imagetools inspect NAME:TAG prints the digest.',
  url: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-oci-artifact.html',
  validate: eachContainer(({ image }) =>
    /@sha256:[0-9a-f]{64}$/.test(image ?? '')
      ? []
      : [`its image is ${image ?? 'not named'}; a tag can be moved to another image`],
  ),
});
