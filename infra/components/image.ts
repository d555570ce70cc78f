import { relative, sep } from 'node:path';
import * as aws from '@pulumi/aws';
import * as dockerBuild from '@pulumi/docker-build';
import * as pulumi from '@pulumi/pulumi';
import { CpuArchitecture } from '../arguments/choices';
import type { ImageBuild, ReplicatorImageArgs } from '../arguments/image';
import { requireDocker } from './docker';
import { refuse } from '../errors';
import { outputsOf } from './outputs';
import { withOwnTag } from './tags';
import { DEFAULT_ARCHITECTURE } from '../plan/fargate-size';
import { PhysicalNames } from './names';
import { packageFolder } from '../package-folder';
import { imageProblems } from '../validate/image';
import { nameProblems } from '../validate/names';

const DEFAULT_KEPT_IMAGES = 10;

const PLATFORMS = {
  [CpuArchitecture.Arm64]: dockerBuild.Platform.Linux_arm64,
  [CpuArchitecture.X8664]: dockerBuild.Platform.Linux_amd64,
} as const;

/**
 * The container image to run. An existing image is used as it is. Otherwise the image is built from this package's Dockerfile,
 * by Docker on the machine that runs `pulumi up`, and pushed by digest to an ECR repository that the stack creates. A preview
 * builds nothing.
 */
export class ReplicatorImage extends pulumi.ComponentResource {
  /** Address of the image, with its digest. */
  readonly uri: pulumi.Output<string>;
  /** ARN of the created repository. */
  readonly repositoryArn?: pulumi.Output<string>;

  constructor(name: string, args: ReplicatorImageArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`ReplicatorImage ${name}`, [...imageProblems(args), ...nameProblems(args.names)]);
    if (args.build && !pulumi.runtime.isDryRun()) requireDocker();
    super('dynamodb-replicator:index:ReplicatorImage', name, {}, withOwnTag(name, opts));
    if (args.uri !== undefined) this.uri = pulumi.output(args.uri);
    else {
      const repository = this.#repository(name, args);
      this.repositoryArn = repository.arn;
      this.uri = this.#built(name, args, repository);
    }
    this.registerOutputs(outputsOf(this));
  }

  #repository(name: string, { build, names }: ReplicatorImageArgs): aws.ecr.Repository {
    const named = new PhysicalNames(name, names).of('repository');
    const repository = new aws.ecr.Repository(
      `${name}-image`,
      {
        ...named.input,
        imageScanningConfiguration: { scanOnPush: true },
        imageTagMutability: 'IMMUTABLE',
        encryptionConfigurations: [{ encryptionType: 'AES256' }],
        // The images can be built again.
        forceDelete: true,
      },
      { parent: this, ...named.options },
    );
    new aws.ecr.LifecyclePolicy(
      `${name}-image`,
      {
        repository: repository.name,
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: 'Keep the newest',
              selection: {
                tagStatus: 'any',
                countType: 'imageCountMoreThan',
                countNumber: build?.keptImages ?? DEFAULT_KEPT_IMAGES,
              },
              action: { type: 'expire' },
            },
          ],
        }),
      },
      { parent: repository },
    );
    return repository;
  }

  /** Pushed by digest, without a tag: the digest names exactly the image that runs. */
  #built(
    name: string,
    { build, architecture }: ReplicatorImageArgs,
    repository: aws.ecr.Repository,
  ): pulumi.Output<string> {
    const login = aws.ecr.getAuthorizationTokenOutput(
      { registryId: repository.registryId },
      { parent: this },
    );
    const image = new dockerBuild.Image(
      `${name}-image`,
      {
        context: { location: contextOf(build) },
        platforms: [PLATFORMS[architecture ?? DEFAULT_ARCHITECTURE]],
        buildOnPreview: false,
        push: false,
        exports: [{ image: { names: [repository.repositoryUrl], push: true, pushByDigest: true } }],
        registries: [
          {
            address: repository.repositoryUrl,
            username: login.userName,
            password: pulumi.secret(login.password),
          },
        ],
      },
      { parent: repository },
    );
    return pulumi.interpolate`${repository.repositoryUrl}@${image.digest}`;
  }
}

/**
 * The folder to build from, relative to the program's, which Docker's plugin runs in too. An absolute path would differ between
 * machines, and each would plan to build the other's image again.
 */
function contextOf(build: ImageBuild | undefined): string {
  const folder = relative('.', build?.context ?? packageFolder());
  return folder === '' ? '.' : folder.split(sep).join('/');
}
