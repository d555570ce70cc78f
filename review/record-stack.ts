import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { Endpoints } from '../infra/arguments/choices';
import { PROJECT } from '../infra/stack/package-schema';
import { withComparableContext } from './image-context';
import type { ReadyPlace } from './offline-aws';
import { ANY_ACCOUNT, type RecordedProgram, type RecordedResource, recordWhole } from './record-program';
import { readStackFile } from './stack-file';

export interface StackToRecord {
  /** Name of the stack. */
  readonly stack: string;
  /** Text of its file. */
  readonly file: string;
  /** Folder of the repository with the program (default: this one). */
  readonly root?: string;
  /** Whether to run as a preview, in which values that AWS sets are unknown. */
  readonly preview?: boolean;
  /** Account of the stack (default: the configuration's `accountId`, else a placeholder). */
  readonly account?: string | undefined;
}

/**
 * Records the resources of this repository's stack for a configuration, without AWS and without Pulumi's engine.
 * @throws InvalidArguments from the program, with everything that is wrong with the configuration
 */
export async function recordStack(stack: StackToRecord): Promise<readonly RecordedResource[]> {
  return (await recordWholeStack(stack)).resources;
}

/** The same, with the lookups of the program. @throws InvalidArguments */
export async function recordWholeStack({
  stack,
  file,
  root = join(__dirname, '..'),
  preview = false,
  account,
}: StackToRecord): Promise<RecordedProgram> {
  const { config, secrets, region = 'us-east-1' } = readStackFile(file);
  const place = {
    account: account ?? config[`${PROJECT}:accountId`] ?? ANY_ACCOUNT,
    region,
    ...networkOf(config[`${PROJECT}:network`]),
    roleArns: rolesOf(config[`${PROJECT}:access`]),
  };
  const { docker } = (await load(root, dockerOf(root))) as {
    docker: { silence(): string | undefined };
  };
  const { silence } = docker;
  // Recording builds no image, so Docker is not needed.
  docker.silence = () => undefined;
  try {
    const recorded = await recordWhole({ stack, place, preview }, async () => {
      pulumi.runtime.setAllConfig({ ...config }, [...secrets]);
      process.env['PULUMI_CONFIG_SECRET_KEYS'] = JSON.stringify(secrets);
      const program = (await load(root, programOf(root))) as () => Promise<unknown>;
      await program();
    });
    return {
      ...recorded,
      resources: recorded.resources.map((resource) => withComparableContext(resource, root)),
    };
  } finally {
    docker.silence = silence;
  }
}

/** A network that fits the configuration. */
function networkOf(
  network: string | undefined,
): Pick<ReadyPlace, 'vpcId' | 'subnetIds' | 'withoutEndpoints'> {
  const { vpcId, subnetIds, endpoints } = JSON.parse(network ?? '{}') as {
    vpcId?: string;
    subnetIds?: readonly string[];
    endpoints?: string;
  };
  return {
    ...(vpcId !== undefined && { vpcId }),
    ...(subnetIds !== undefined && { subnetIds }),
    withoutEndpoints: endpoints !== String(Endpoints.Existing),
  };
}

/** Existing roles that the configuration names. */
function rolesOf(access: string | undefined): readonly string[] {
  const { taskRoleArn, executionRoleArn } = JSON.parse(access ?? '{}') as Readonly<Record<string, unknown>>;
  return [taskRoleArn, executionRoleArn].filter((arn) => typeof arn === 'string');
}

/** The stack's program in a checkout, as the checkout's project file names it. */
export function programOf(root: string): string {
  const project = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8')) as { readonly main: string };
  return project.main;
}

/** The file of a checkout that looks for Docker; in 0.1.0 it is at the top of `infra/`. */
function dockerOf(root: string): string {
  const file = 'infra/components/docker.ts';
  return existsSync(join(root, file)) ? file : 'infra/docker.ts';
}

function load(root: string, file: string): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-require-imports -- the folder is only known at run time
  return Promise.resolve(require(join(root, file)) as unknown);
}
