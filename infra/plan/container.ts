/**
 * The one container of the task, as JSON that is the same for the same input: lists sorted, nothing null, and every value
 * written that ECS would otherwise fill in, since a difference from what ECS stores would replace the task definition at
 * every update. Pure.
 */

/** Where things are in the image; its Dockerfile and the health command have to agree. */
export const IMAGE_LAYOUT = {
  node: '/nodejs/bin/node',
  bundle: '/app/dynamodb-replicator.js',
  /** The only folder that can be written to. */
  temporary: '/tmp',
  user: '65532:65532',
} as const;

/** Name of the container, its log streams' prefix and the volume at `/tmp`. */
export const CONTAINER_NAME = 'replicator';
export const TEMPORARY_VOLUME = 'tmp';

/** Port on 127.0.0.1 in the task for its health; the security group opens none. */
export const HEALTH_PORT = 8080;

/** Seconds from SIGTERM to SIGKILL: the most that Fargate gives. Source: ECS API, ContainerDefinition, `stopTimeout`. */
export const STOP_TIMEOUT_SECONDS = 120;
/** The runtime has less, so that it ends by itself. */
export const RUNTIME_STOP_MS = 100_000;

export interface ContainerPlan {
  readonly image: string;
  /** Variable → value. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variable → ARN of the secret that ECS puts there at the start. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly log: { readonly group: string; readonly region: string };
}

/** `containerDefinitions` of the task definition. */
export function containerDefinitions({ image, environment, secrets, log }: ContainerPlan): string {
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
        // A log that cannot be written must not stop the replication.
        'max-buffer-size': '25m',
        mode: 'non-blocking',
      },
    },
    mountPoints: [{ containerPath: IMAGE_LAYOUT.temporary, readOnly: false, sourceVolume: TEMPORARY_VOLUME }],
    name: CONTAINER_NAME,
    portMappings: [],
    privileged: false,
    readonlyRootFilesystem: true,
    secrets: byName(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    stopTimeout: STOP_TIMEOUT_SECONDS,
    systemControls: [],
    user: IMAGE_LAYOUT.user,
    volumesFrom: [],
  };
  return JSON.stringify([container]);
}

function byName(values: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}
