import { registryOf } from './image-address';

/** Containers beside the replicator's, as ECS's API has them: defaults written out, lists sorted. Pure. */

/** A sidecar once all outputs are known. */
export interface KnownSidecar {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Variable → ARN of a secret. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  readonly cpu?: number | undefined;
  readonly memoryMiB?: number | undefined;
  readonly essential?: boolean | undefined;
  readonly user?: string | undefined;
  readonly readonlyRootFilesystem?: boolean | undefined;
}

/** What all containers of a task share. */
export interface SharedByContainers {
  readonly log: { readonly group: string; readonly region: string };
  /** Login at the registry of the replicator's image. */
  readonly login: RegistryLogin | undefined;
}

export interface RegistryLogin {
  readonly registry: string;
  readonly secretArn: string;
}

export function sidecarDefinition(sidecar: KnownSidecar, { log, login }: SharedByContainers): object {
  const { name, image, command, cpu, memoryMiB, user } = sidecar;
  return {
    ...(command !== undefined && { command }),
    cpu: cpu ?? 0,
    environment: byName(sidecar.environment ?? {}).map(([key, value]) => ({ name: key, value })),
    essential: sidecar.essential ?? false,
    image,
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': log.group,
        'awslogs-region': log.region,
        'awslogs-stream-prefix': name,
      },
    },
    ...(memoryMiB !== undefined && { memory: memoryMiB }),
    mountPoints: [],
    name,
    portMappings: [],
    privileged: false,
    readonlyRootFilesystem: sidecar.readonlyRootFilesystem ?? true,
    ...credentialsFor(image, login),
    secrets: byName(sidecar.secrets ?? {}).map(([key, valueFrom]) => ({ name: key, valueFrom })),
    systemControls: [],
    ...(user !== undefined && { user }),
    volumesFrom: [],
  };
}

/** The credentials that an image is pulled with; none for an image of another registry. */
export function credentialsFor(
  image: string,
  login: RegistryLogin | undefined,
): { readonly repositoryCredentials?: { readonly credentialsParameter: string } } {
  return login === undefined || registryOf(image) !== login.registry
    ? {}
    : { repositoryCredentials: { credentialsParameter: login.secretArn } };
}

/** The entries, sorted by name. */
export function byName<Value>(
  values: Readonly<Record<string, Value>>,
): readonly (readonly [name: string, value: Value])[] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}
