import { RUNTIME_STOP_MS } from '../infra/plan/container';
import { REPLACEMENTS } from './replacements';
import type { ResourceChange } from './resource-changes';

/** What a deployment of the changes does to what runs: a restart, resources that are replaced or removed. Pure. */

export const MARKS = { stops: '⏸️', starts: '▶️', restarts: '🔁', replaced: '♻️', removed: '🗑️' } as const;

const DEFINITION = 'aws:ecs/taskDefinition:TaskDefinition';
const SERVICE = 'aws:ecs/service:Service';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';
const IMAGE = 'docker-build:index:Image';

/** Inputs of a service that ECS changes without another task. */
const WITHOUT_RESTART: readonly string[] = [
  'availabilityZoneRebalancing',
  'deploymentCircuitBreaker',
  'deploymentMaximumPercent',
  'deploymentMinimumHealthyPercent',
  'desiredCount',
  'propagateTags',
  'tags',
  'taskDefinition',
  'waitForSteadyState',
];

/** Lines about a restart, then about each resource that is replaced or removed. */
export function effectsOf(changes: readonly ResourceChange[]): readonly string[] {
  return [...taskEffects(changes), ...changes.flatMap(replacement), ...changes.flatMap(removal)];
}

function taskEffects(changes: readonly ResourceChange[]): readonly string[] {
  const service = changes.find(({ type }) => type === SERVICE);
  // A service that is created or removed has no task to restart.
  if (service !== undefined && (service.old === undefined || service.own === undefined)) return [];
  const [was, is] = [service?.old, service?.own].map((one) => Number(one?.inputs['desiredCount'] ?? 1));
  if (was === 1 && is === 0)
    return [
      `${MARKS.stops} The replicator **stops**. DynamoDB keeps changes for 24 hours: if it does not run again by then, its tables have a gap`,
    ];
  if (is === 0) return [];
  if (was === 0) return [`${MARKS.starts} The replicator **starts**, and continues from its last commit`];
  const causes = changes.filter(restarts).map(({ label }) => `\`${label}\``);
  if (causes.length === 0) return [];
  return [
    `${MARKS.restarts} The replicator **restarts** (${causes.join(', ')}): ECS stops its task, within ${RUNTIME_STOP_MS / 1000} s, and ` +
      `starts the new one, usually within two minutes. It continues from the last commit: nothing is lost`,
  ];
}

/** Whether the change gives the service another task. */
function restarts(change: ResourceChange): boolean {
  const { type, old, own, keys } = change;
  if (old === undefined || own === undefined) return false;
  if (type === DEFINITION) return keys.some((key) => key !== 'tags');
  if (type === SERVICE) return keys.some((key) => !WITHOUT_RESTART.includes(key));
  if (type === IMAGE) return keys.some((key) => key !== 'registries');
  // The recorded id of a group is made from its logical name, so the service’s own inputs do not show the new group.
  return type === GROUP && replacingKeys(change).length > 0;
}

function replacingKeys({ type, keys }: ResourceChange): readonly string[] {
  return keys.filter((key) => REPLACEMENTS[type]?.inputs.includes(key));
}

function replacement(change: ResourceChange): readonly string[] {
  const keys = replacingKeys(change);
  if (keys.length === 0) return [];
  const lost = REPLACEMENTS[change.type]?.lost;
  return [
    `${MARKS.replaced} \`${change.label}\` is **replaced** (${keys.join(', ')})${lost === undefined ? '; nothing is lost' : `. Lost: ${lost}`}`,
  ];
}

/** A removed resource, if something is lost with it. */
function removal({ label, type, own }: ResourceChange): readonly string[] {
  const lost = REPLACEMENTS[type]?.lost;
  return own !== undefined || lost === undefined
    ? []
    : [`${MARKS.removed} \`${label}\` is **removed**. Lost: ${lost}`];
}
