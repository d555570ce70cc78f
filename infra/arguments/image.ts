import type { CpuArchitecture } from './choices';

/** The image to run: one that exists, or one built from this repository. */
export interface ImageArgs {
  /**
   * Address of an image with its digest, which never changes under it.
   * @default none
   * @example '123456789012.dkr.ecr.eu-west-1.amazonaws.com/replicator@sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b'
   */
  uri?: string;
  /**
   * Build the image and keep it in a repository of the stack. Needs Docker where `pulumi up` runs.
   * @default none
   * @example { context: '.' }
   */
  build?: ImageBuild;
}

/** How the image is built. */
export interface ImageBuild {
  /**
   * Folder with the Dockerfile: a checkout of this repository.
   * @default the folder that this package is in
   * @example '..'
   */
  context?: string;
  /**
   * Images that the repository keeps; older ones are deleted.
   * @default 10
   * @example 30
   */
  keptImages?: number;
}

/** An image by itself. */
export interface ReplicatorImageArgs extends ImageArgs {
  /**
   * Processor to build for.
   * @default CpuArchitecture.Arm64
   * @example CpuArchitecture.X8664
   */
  architecture?: CpuArchitecture;
}
