import type { CpuArchitecture } from './choices';
import type { NameSettings } from './names';

/** The container image to run: an existing one, or one built from this repository. */
export interface ImageArgs {
  /**
   * Address of an existing image, with its digest. Tags are refused, as they can be moved.
   * @default none
   * @example '123456789012.dkr.ecr.eu-west-1.amazonaws.com/replicator@sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b'
   */
  uri?: string;
  /**
   * Builds the image and pushes it to an ECR repository that the stack creates. Needs Docker where `pulumi up` runs.
   * @default none
   * @example { context: '.' }
   */
  build?: ImageBuild;
}

/** How to build the image. */
export interface ImageBuild {
  /**
   * Folder with the Dockerfile: a checkout of this repository.
   * @default the folder of this package
   * @example '..'
   */
  context?: string;
  /**
   * Number of images that the repository keeps, at least 2; older ones are deleted.
   * @default 10
   * @example 30
   */
  keptImages?: number;
}

/** A container image as a component of its own. */
export interface ReplicatorImageArgs extends ImageArgs {
  /**
   * CPU architecture to build for.
   * @default CpuArchitecture.Arm64
   * @example CpuArchitecture.X8664
   */
  architecture?: CpuArchitecture;
  /**
   * Physical names of the created resources.
   * @default the names of project, stack and component begin every name
   * @example { prefix: 'orders-dev' }
   */
  names?: NameSettings;
}
