import { settingIn } from '../infra/plan/environment';
import { OnGap } from '../infra/arguments/choices';
import { dollars } from '../cost/figures';
import type { RecordedResource } from './record-program';

/** Describes what a stack's replicators do after a gap. Pure. */

const DEFINITION = 'aws:ecs/taskDefinition:TaskDefinition';

interface Container {
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
}

/** What happens after a gap, for each replicator of the stack. */
export function gapsOf(resources: readonly RecordedResource[]): readonly string[] {
  return resources
    .filter(({ type }) => type === DEFINITION)
    .flatMap(({ inputs }) => JSON.parse(String(inputs['containerDefinitions'] ?? '[]')) as Container[])
    .map(({ environment = [] }) => Object.fromEntries(environment.map(({ name, value }) => [name, value])))
    .filter((environment) => settingIn(environment, 'tables') !== undefined)
    .map(described);
}

function described(environment: Readonly<Record<string, string>>): string {
  const onGap = settingIn(environment, 'onGap');
  switch (onGap) {
    case OnGap.Heal: {
      const limit = dollars(Number(settingIn(environment, 'heal.maxUsd')));
      return `A gap is **healed by incremental exports**, up to ${limit} each, and keys of the table are read again; if that is not possible, the replicator waits for a \`resync\``;
    }
    case OnGap.Resync:
      return 'After a gap, a **full export** is requested, at its full price, without asking';
    case OnGap.Wait:
      return 'In a gap, the replicator waits for a `resync`';
    default:
      return 'After a gap, the table stops, and the task ends once no other table is left';
  }
}
