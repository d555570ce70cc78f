import type { ImageArgs } from '../arguments/image';
import { given, type Problems, problems, type Rule } from './rules';

/** An address with a digest of SHA-256. Source: OCI Distribution Specification, "Pulling manifests". */
const IMAGE_WITH_DIGEST = /^[a-z0-9][a-z0-9.:_/-]*@sha256:[0-9a-f]{64}$/;

/** An image that is given by address alone. */
export function imageUriProblems(uri: string, argument: string): Problems {
  return problems(...imageUriRules(uri, argument));
}

function imageUriRules(uri: string | undefined, argument: string): readonly Rule[] {
  return [
    [
      uri !== undefined && !IMAGE_WITH_DIGEST.test(uri),
      argument,
      'expected an image with its digest, NAME@sha256:…, as a tag can be moved: docker buildx imagetools inspect NAME:TAG tells it',
    ],
  ];
}

export function imageProblems({ uri, build }: ImageArgs): Problems {
  return problems(
    [
      given(uri, build) !== 1,
      'image',
      'give either image.uri, an image by digest, or image.build, to build it here with Docker',
    ],
    ...imageUriRules(uri, 'image.uri'),
    [
      build?.keptImages !== undefined && !(Number.isInteger(build.keptImages) && build.keptImages >= 2),
      'image.build.keptImages',
      'expected at least 2: the one that runs and the one before, to go back to',
    ],
  );
}
