import type { Sidecar } from '../arguments/sidecar';
import type { TaskSettings } from '../arguments/task';
import { CONTAINER_NAME } from '../plan/container';
import { DEFAULT_SIZE } from '../plan/fargate-size';
import { formed } from './formats';
import { imageUriProblems } from './image';
import { type Problems, problems, under, whole } from './rules';

/** Source: Amazon ECS service quotas, containers per task definition: 10, the replicator's included. */
const MOST = 9;

/** Problems of a task's sidecars. */
export function sidecarsProblems({ sidecars = [], cpu, memoryMiB }: TaskSettings): Problems {
  const names = sidecars.map(({ name }) => name);
  const sum = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const task = { cpu: cpu ?? DEFAULT_SIZE.cpu, memoryMiB: memoryMiB ?? DEFAULT_SIZE.memoryMiB };
  return [
    ...problems(
      [sidecars.length > MOST, 'sidecars', `expected at most ${MOST}: ECS allows ten containers in a task`],
      [
        sum(sidecars.map((one) => one.cpu)) >= task.cpu,
        'sidecars',
        `their cpu leaves nothing of the task’s ${task.cpu} units for the replicator: raise task.cpu`,
      ],
      [
        sum(sidecars.map((one) => one.memoryMiB)) >= task.memoryMiB,
        'sidecars',
        `their memoryMiB leaves nothing of the task’s ${task.memoryMiB} MiB for the replicator: raise task.memoryMiB`,
      ],
    ),
    ...sidecars.flatMap((sidecar, index) =>
      under(`sidecars[${index}]`, sidecarProblems(sidecar, names.slice(0, index))),
    ),
  ];
}

function sidecarProblems(sidecar: Sidecar, others: readonly string[]): Problems {
  const { name, image, environment = {}, secrets = {}, cpu, memoryMiB } = sidecar;
  const isName = /^[A-Za-z0-9_-]{1,255}$/.test(name);
  return [
    ...problems(
      [!isName, 'name', 'expected 1 to 255 letters, digits, _ and -'],
      [
        name === CONTAINER_NAME,
        'name',
        `${CONTAINER_NAME} is the replicator’s own container: choose another name`,
      ],
      [others.includes(name), 'name', `another sidecar has the name ${name}: choose another name`],
    ),
    ...imageUriProblems(image, 'image'),
    ...problems(
      whole(cpu, 'cpu', { least: 1 }, 'expected a whole number of CPU units; 1024 is one vCPU'),
      whole(
        memoryMiB,
        'memoryMiB',
        { least: 6 },
        'expected a whole number of MiB, at least 6: Docker needs as much',
      ),
      ...Object.entries(secrets).map(([variable, arn]) => formed(arn, `secrets.${variable}`, 'secret')),
      ...Object.keys(secrets).map(
        (variable) =>
          [
            variable in environment,
            `secrets.${variable}`,
            'is set in environment too: remove one of the two',
          ] as const,
      ),
    ),
  ];
}
