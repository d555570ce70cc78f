import { LocalWorkspace, type Stack } from '@pulumi/pulumi/automation';
import { packageFolder } from './package-folder';

type PolicyPacks = readonly { readonly folder: string; readonly config?: string }[];

/** The part of Pulumi's Automation API that is used, small enough for a test to replace. */
export interface Workspace {
  /** The stack of that name; created if it does not exist. */
  stack(name: string): Promise<ReplicatorStack>;
}

export interface ReplicatorStack {
  set(key: string, value: string, secret?: boolean): Promise<void>;
  /** Previews, and writes the plan to a file. @throws if a mandatory policy is violated */
  preview(
    planFile: string,
    policyPacks: PolicyPacks,
  ): Promise<{ readonly changes: Readonly<Record<string, number>>; readonly text: string }>;
  /** Executes the plan and nothing else. @returns the outputs that are not secrets */
  up(planFile: string, policyPacks: PolicyPacks): Promise<Readonly<Record<string, unknown>>>;
}

/** Runs the `pulumi` command, which has to be installed, on this repository's program. @param folder of the repository */
export function workspaceOf(folder: string = packageFolder()): Workspace {
  return {
    async stack(stackName) {
      const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir: folder });
      return stackOf(stack);
    },
  };
}

function stackOf(stack: Stack): ReplicatorStack {
  return {
    set: (key, value, secret = false) => stack.setConfig(key, { value, secret }),
    async preview(plan, packs) {
      const { changeSummary, stdout } = await stack.preview({ plan, diff: true, ...policiesOf(packs) });
      return { changes: changeSummary, text: stdout };
    },
    async up(plan, packs) {
      const { outputs } = await stack.up({ plan, ...policiesOf(packs) });
      const shown = Object.entries(outputs).filter(([, { secret }]) => !secret);
      return Object.fromEntries(shown.map(([name, { value }]) => [name, value as unknown]));
    },
  };
}

function policiesOf(packs: PolicyPacks): { policyPacks: string[]; policyPackConfigs: string[] } {
  return {
    policyPacks: packs.map(({ folder }) => folder),
    policyPackConfigs: packs.map(({ config }) => config).filter((config) => config !== undefined),
  };
}
