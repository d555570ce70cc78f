import { needsEverything } from '../policy/iam/service-reference';
import type { Place } from './aws-decides';
import { LOOKUPS, type Reading, REFRESHES } from './read-actions';
import type { RecordedProgram } from './record-program';

/** Policy of a role that compares a stack with AWS: for `pulumi preview --refresh`, and for nothing else. */

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

export interface DriftPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Nobody has written down how this is read. */
export class UnknownReading extends Error {
  constructor(readonly what: string) {
    super(`review/read-actions.ts does not have the actions that read ${what}.`);
    this.name = new.target.name;
  }
}

/** The policy for a recorded stack. @throws UnknownReading */
export function driftPolicy({ resources, lookups }: RecordedProgram, place: Place): DriftPolicy {
  const allowed = new Map<string, Set<string>>();
  const allow = ({ actions, on }: Reading, properties: Readonly<Record<string, unknown>>) => {
    for (const action of actions) {
      const resource = on === undefined || needsEverything(action) ? '*' : on(properties, place);
      allowed.set(action, (allowed.get(action) ?? new Set()).add(resource));
    }
  };
  for (const { type, outputs } of resources.filter(isReal)) allow(known(REFRESHES, type), outputs);
  for (const { token, inputs } of lookups) allow(known(LOOKUPS, token), inputs);
  return { Version: '2012-10-17', Statement: statements(allowed) };
}

function known(readings: Readonly<Record<string, Reading>>, what: string): Reading {
  const reading = readings[what];
  if (reading === undefined) throw new UnknownReading(what);
  return reading;
}

/** Whether AWS has it: components and providers exist only in the state. */
function isReal({ type }: { readonly type: string }): boolean {
  return !type.startsWith('pulumi:') && !type.startsWith('dynamodb-replicator:index:');
}

/** One statement for all actions of a service that are allowed on the same resources. */
function statements(allowed: ReadonlyMap<string, ReadonlySet<string>>): readonly Statement[] {
  const groups = new Map<string, { resources: readonly string[]; actions: string[] }>();
  for (const action of [...allowed.keys()].sort()) {
    const resources = [...(allowed.get(action) ?? [])].sort();
    const key = JSON.stringify([serviceOf(action), resources]);
    const group = groups.get(key) ?? { resources, actions: [] };
    group.actions.push(action);
    groups.set(key, group);
  }
  const numbers = new Map<string, number>();
  return [...groups.values()].map(({ resources, actions }) => {
    const service = serviceOf(actions[0] as string);
    const number = (numbers.get(service) ?? 0) + 1;
    numbers.set(service, number);
    const Sid = `Read${service[0]?.toUpperCase()}${service.slice(1)}${number}`;
    return { Sid, Effect: 'Allow', Action: actions, Resource: resources };
  });
}

function serviceOf(action: string): string {
  return action.split(':')[0] as string;
}
