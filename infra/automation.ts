import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceAccountSettings } from './arguments/access';
import type { ExportBucketSettings } from './arguments/bucket';
import type { PostgresDestination } from './arguments/destination';
import type { ImageArgs } from './arguments/image';
import type { MonitoringSettings } from './arguments/monitoring';
import type { NameSettings } from './arguments/names';
import type { NetworkArgs } from './arguments/network';
import type { AccessSettings } from './arguments/access';
import type { RuntimeSettings } from './arguments/runtime';
import type { ReplicatedTable } from './arguments/table';
import type { TaskSettings } from './arguments/task';
import { readConfig } from './stack/config';
import { type ReplicatorStack, type Workspace, workspaceOf } from './automation-workspace';

/** A portal's request: a stack of this repository, with the configuration keys of `Pulumi.<stack>.yaml`. */
export interface ReplicatorRequest {
  /** Name of the stack. */
  readonly stack: string;
  readonly region: string;
  /** Account that the stack belongs to; credentials of another account are refused. */
  readonly accountId: string;
  readonly tables: readonly ReplicatedTable[];
  readonly destination: Omit<PostgresDestination, 'password' | 'url'>;
  /** Stored as a secret of the stack. Do not combine it with `destination.passwordSecretArn`. */
  readonly destinationPassword?: string;
  readonly network: NetworkArgs;
  readonly image: ImageArgs;
  readonly exportBucket?: ExportBucketSettings;
  readonly access?: Omit<AccessSettings, 'serviceAccount'>;
  readonly serviceAccount?: ServiceAccountSettings;
  readonly task?: TaskSettings;
  readonly monitoring?: MonitoringSettings;
  readonly names?: NameSettings;
  readonly settings?: RuntimeSettings;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Options {
  /** Policy packs: the folder of each, and its configuration file. */
  readonly policyPacks?: readonly { readonly folder: string; readonly config?: string }[];
  /** Replaces the `pulumi` command in tests. */
  readonly workspace?: Workspace;
}

/** The planned changes, for a person or a rule to approve. */
export interface Plan {
  /** Id of exactly this plan: pass it to `apply` to approve it. */
  readonly id: string;
  /** Operation → number of resources: `{ create: 42 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** Pulumi's output of the preview. */
  readonly text: string;
}

/** The approved plan is not the one that `apply` would execute. */
export class PlanNotApproved extends Error {
  constructor(
    readonly stackName: string,
    readonly approved: string,
    readonly planned: string,
  ) {
    super(
      `Stack ${stackName}: plan ${approved} was approved, but plan ${planned} would be executed. Nothing was changed. Preview ` +
        `again, and have the new plan approved.`,
    );
    this.name = new.target.name;
  }
}

/** A request with its preview. */
export interface PlannedReplicator {
  readonly plan: Plan;
  /**
   * Executes the plan. Pulumi refuses changes that are not in it.
   * @param approved the `plan.id` that the approver saw
   * @returns the stack's outputs without the secret ones
   * @throws PlanNotApproved if it is not the id of this plan, or the plan was already executed or discarded
   */
  apply(approved: string): Promise<Readonly<Record<string, unknown>>>;
  /** Deletes the plan. */
  discard(): void;
}

/**
 * Previews a replicator, for a company's own portal. No resource is created before `apply`.
 * @throws InvalidArguments that lists every problem of the request, before Pulumi is started
 */
export async function createReplicator(
  request: ReplicatorRequest,
  { workspace = workspaceOf(), policyPacks = [] }: Options = {},
): Promise<PlannedReplicator> {
  const values = valuesOf(request);
  check(request, values);
  const stack = await workspace.stack(request.stack);
  await configure(stack, request, values);
  const file = join(tmpdir(), `replicator-plan-${randomUUID()}.json`);
  const { changes, text } = await stack.preview(file, policyPacks);
  const id = fingerprint(file);
  return {
    plan: { id, changes, text },
    async apply(approved) {
      const planned = fingerprint(file);
      if (approved !== id || planned !== id) throw new PlanNotApproved(request.stack, approved, planned);
      try {
        return await stack.up(file, policyPacks);
      } finally {
        rmSync(file, { force: true });
      }
    },
    discard() {
      rmSync(file, { force: true });
    },
  };
}

/** Configuration key → value. */
function valuesOf(request: ReplicatorRequest): Readonly<Record<string, unknown>> {
  const { stack: _stack, region: _region, destinationPassword: _password, ...groups } = request;
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined));
}

/** Checks the request against the rules of the stack's program. @throws InvalidArguments */
function check(request: ReplicatorRequest, values: Readonly<Record<string, unknown>>): void {
  const hasPassword = request.destinationPassword !== undefined;
  readConfig(
    {
      get: ((key: string) => (key === 'accountId' ? request.accountId : undefined)) as never,
      getObject: ((key: string) => values[key]) as never,
      getSecret: ((_key: string) => request.destinationPassword) as never,
    },
    {
      set: [...Object.keys(values), ...(hasPassword ? ['destinationPassword'] : [])],
      isSecret: (key) => key === 'destinationPassword',
    },
    request.stack,
  );
}

function configure(
  stack: ReplicatorStack,
  { region, accountId, destinationPassword }: ReplicatorRequest,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const own = (of: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(of).map(([key, value]) => [`dynamodb-replicator:${key}`, value]));
  return stack.configure(
    { 'aws:region': region, 'aws:allowedAccountIds': [accountId], ...own(values) },
    destinationPassword === undefined
      ? {}
      : { 'dynamodb-replicator:destinationPassword': destinationPassword },
  );
}

/** Hash of the plan's file; `none` once the plan was executed or discarded. */
function fingerprint(file: string): string {
  if (!existsSync(file)) return 'none';
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
}
