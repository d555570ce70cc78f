import * as pulumi from '@pulumi/pulumi';
import type { SecretAccess } from '../arguments/access';
import type { Sidecar } from '../arguments/sidecar';
import { isInEcr, repositoryArnOf } from '../plan/image-address';
import { wholeSecret } from '../plan/iam/statements';
import { providerPlace } from './place';

/** What the execution role has to be granted for sidecars. */

/** Secrets that ECS puts into their environments. */
export function sidecarSecrets(sidecars: readonly Sidecar[] = []): SecretAccess[] {
  return sidecars.flatMap(({ secrets = {} }) =>
    Object.values(secrets).map((reference) => ({ arn: pulumi.output(reference).apply(wholeSecret) })),
  );
}

/** Repositories in ECR that they are pulled from. */
export function sidecarRepositories(
  sidecars: readonly Sidecar[] = [],
  parent: pulumi.Resource,
): pulumi.Output<string>[] {
  return sidecars
    .filter(({ image }) => isInEcr(image))
    .map(({ image }) =>
      providerPlace(parent).apply(({ partition }) => repositoryArnOf(image, partition) as string),
    );
}
