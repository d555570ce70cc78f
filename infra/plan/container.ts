import { registryOf } from './image-address';
import { byName, credentialsFor, type KnownSidecar, sidecarDefinition } from './sidecar';

/**
 * The task's containers, as deterministic JSON: lists are sorted, nothing is null, and every default of ECS is written
 * out. Any difference from what ECS stores would replace the task definition at every update. Pure.
 */

/** Paths in the image. The Dockerfile and the health check have to agree with them. */
export const IMAGE_LAYOUT = {
  node: '/nodejs/bin/node',
  bundle: '/app/dynamodb-replicator.js',
  /** The only writable folder. */
  temporary: '/tmp',
  user: '65532:65532',
} as const;

/** Name of the container, and prefix of its log streams. */
export const CONTAINER_NAME = 'replicator';
/** Name of the volume at `/tmp`. */
export const TEMPORARY_VOLUME = 'tmp';

/** Port of the health check, on 127.0.0.1 in the task. The security group opens no port. */
export const HEALTH_PORT = 8080;

/** Seconds from SIGTERM to SIGKILL: Fargate's maximum. Source: ECS API, ContainerDefinition, `stopTimeout`. */
export const STOP_TIMEOUT_SECONDS = 120;
/** Shorter than ECS's limit, so that the runtime ends before it is killed. */
export const RUNTIME_STOP_MS = 100_000;

export interface ContainerPlan {
  readonly image: string;
  /** Variable → value. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variable → ARN of the secret that ECS puts into it at the start; `undefined`: it is not set. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  readonly log: { readonly group: string; readonly region: string };
  /** ARN of the secret that the image is pulled with. */
  readonly credentialsArn?: string | undefined;
  readonly sidecars?: readonly KnownSidecar[] | undefined;
}

/** `containerDefinitions` of the task definition. */
export function containerDefinitions(plan: ContainerPlan): string {
  const { image, environment, secrets, log, credentialsArn, sidecars = [] } = plan;
  const login =
    credentialsArn === undefined ? undefined : { registry: registryOf(image), secretArn: credentialsArn };
  const container = {
    command: ['run'],
    cpu: 0,
    environment: byName(environment).map(([name, value]) => ({ name, value })),
    essential: true,
    healthCheck: {
      command: ['CMD', IMAGE_LAYOUT.node, IMAGE_LAYOUT.bundle, 'healthcheck'],
      interval: 30,
      retries: 3,
      startPeriod: 60,
      timeout: 10,
    },
    image,
    linuxParameters: { capabilities: { add: [], drop: ['ALL'] }, initProcessEnabled: true },
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': log.group,
        'awslogs-region': log.region,
        'awslogs-stream-prefix': CONTAINER_NAME,
        // Replication must continue when the log cannot be written.
        'max-buffer-size': '25m',
        mode: 'non-blocking',
      },
    },
    mountPoints: [{ containerPath: IMAGE_LAYOUT.temporary, readOnly: false, sourceVolume: TEMPORARY_VOLUME }],
    name: CONTAINER_NAME,
    portMappings: [],
    privileged: false,
    readonlyRootFilesystem: true,
    ...credentialsFor(image, login),
    secrets: byName(secrets).flatMap(([name, valueFrom]) =>
      valueFrom === undefined ? [] : [{ name, valueFrom }],
    ),
    stopTimeout: STOP_TIMEOUT_SECONDS,
    systemControls: [],
    user: IMAGE_LAYOUT.user,
    volumesFrom: [],
  };
  return JSON.stringify([
    container,
    ...sidecars.map((sidecar) => sidecarDefinition(sidecar, { log, login })),
  ]);
}
