import { LocalWorkspace, type Stack, type StackSettings } from '@pulumi/pulumi/automation';
import { packageFolder } from './package-folder';

type PolicyPacks = readonly { readonly folder: string; readonly config?: string }[];

/** The part of Pulumi's Automation API that is used, small enough for a test to replace. */
export interface Workspace {
  /** The stack of that name; created if it does not exist. */
  stack(name: string): Promise<ReplicatorStack>;
}

export interface ReplicatorStack {
  /**
   * Replaces the configuration of the stack's namespaces; keys of others stay.
   * @param values key with its namespace → value, an object or list as it is
   * @param secrets the same, stored encrypted
   */
  configure(
    values: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, string>>,
  ): Promise<void>;
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
    async configure(values, secrets) {
      // By the file, as `pulumi config set` stores an object as text, which the types in Pulumi.yaml refuse.
      const settings = await settingsOf(stack);
      const others = Object.entries(settings.config ?? {}).filter(([key]) => !OWN_KEY.test(key));
      const config = { ...Object.fromEntries(others), ...values } as StackSettings['config'];
      await stack.workspace.saveStackSettings(stack.name, { ...settings, ...(config && { config }) });
      for (const [key, value] of Object.entries(secrets)) await stack.setConfig(key, { value, secret: true });
    },
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

const OWN_KEY = /^(aws|dynamodb-replicator):/;

/** Of a new stack, which may not have a file yet, nothing. */
async function settingsOf({ workspace, name }: Stack): Promise<StackSettings> {
  try {
    return await workspace.stackSettings(name);
  } catch (error) {
    if (/failed to find stack settings file/.test((error as Error).message)) return {};
    throw error;
  }
}

function policiesOf(packs: PolicyPacks): { policyPacks: string[]; policyPackConfigs: string[] } {
  return {
    policyPacks: packs.map(({ folder }) => folder),
    policyPackConfigs: packs.map(({ config }) => config).filter((config) => config !== undefined),
  };
}
