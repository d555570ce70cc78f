import type { ImageArgs } from '../arguments/image';
import { given, type Problems, problems, whole } from './rules';

/** An address with a SHA-256 digest. Source: OCI Distribution Specification, "Pulling manifests". */
const IMAGE_WITH_DIGEST = /^[a-z0-9][a-z0-9.:_/-]*@sha256:[0-9a-f]{64}$/;

/** Problems in the address of an image. An output that is not known yet is not checked. */
export function imageUriProblems(uri: unknown, argument: string): Problems {
  return problems([
    typeof uri === 'string' && !IMAGE_WITH_DIGEST.test(uri),
    argument,
    'expected an image with its digest, NAME@sha256:…, because a tag can be moved: docker buildx imagetools inspect NAME:TAG prints it',
  ]);
}

export function imageProblems({ uri, build }: ImageArgs): Problems {
  return [
    ...problems([
      given(uri, build) !== 1,
      'image',
      'set either image.uri, an image by its digest, or image.build, to build it here with Docker',
    ]),
    ...imageUriProblems(uri, 'image.uri'),
    ...problems(
      whole(
        build?.keptImages,
        'image.build.keptImages',
        { least: 2 },
        'expected at least 2: the image that runs, and the previous one to roll back to',
      ),
    ),
  ];
}
