import type { ImageArgs } from '../arguments/image';
import { given, type Problems, problems, whole } from './rules';

/** An address with a digest of SHA-256. Source: OCI Distribution Specification, "Pulling manifests". */
const IMAGE_WITH_DIGEST = /^[a-z0-9][a-z0-9.:_/-]*@sha256:[0-9a-f]{64}$/;

/** An image that is given by address alone; one that an output brings later is taken as it comes. */
export function imageUriProblems(uri: unknown, argument: string): Problems {
  return problems([
    typeof uri === 'string' && !IMAGE_WITH_DIGEST.test(uri),
    argument,
    'expected an image with its digest, NAME@sha256:…, as a tag can be moved: docker buildx imagetools inspect NAME:TAG tells it',
  ]);
}

export function imageProblems({ uri, build }: ImageArgs): Problems {
  return [
    ...problems([
      given(uri, build) !== 1,
      'image',
      'give either image.uri, an image by digest, or image.build, to build it here with Docker',
    ]),
    ...imageUriProblems(uri, 'image.uri'),
    ...problems(
      whole(
        build?.keptImages,
        'image.build.keptImages',
        { least: 2 },
        'expected at least 2: the one that runs and the one before, to go back to',
      ),
    ),
  ];
}
