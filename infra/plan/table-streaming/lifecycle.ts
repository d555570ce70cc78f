import type { StreamState, TableClient, TableState } from './client';
import type { Connection, Keys } from './connection';

/**
 * Turns on the stream and point-in-time recovery of a table that others manage: create, read, diff, update and delete of a
 * resource that owns only what it turned on. Pure except for its client.
 *
 * Pulumi stores these functions as text in the stack's state and runs that text later. So they use no classes, and only
 * what is declared in this file.
 */

/** For Pulumi: keep these functions as text, not the path to this file, which the package does not export. @public */
export const deploymentOnlyModule = true;

export interface StreamingInputs {
  readonly table: string;
  readonly region: string;
  /** The AWS provider's: nothing is changed in another. */
  readonly account: string;
  readonly connection: Connection;
  readonly keys?: Keys | null | undefined;
  readonly viewType: string;
  readonly replaceExistingStream: boolean;
  /** `Leave` or `Restore`. */
  readonly onDestroy: string;
}

/** State between runs. Version 0.1.0 stored no account and no connection. */
export interface StreamingState extends Omit<StreamingInputs, 'account' | 'connection'> {
  readonly account?: string;
  readonly connection?: Connection;
  readonly streamArn: string;
  readonly enabledByUs: { readonly stream: boolean; readonly recovery: boolean };
  /** Differences that `read` found between the table and the state; usually empty. */
  readonly drift: readonly string[];
}

/** Polls once a second for five minutes: DynamoDB takes seconds, for large tables minutes. */
const PAUSE_MS = 1_000;
const MOST_PAUSES = 300;

/** Whether records of view type `found` contain everything that `wanted` does. */
export function satisfies(found: string | undefined, wanted: string): boolean {
  return found === wanted || (found === 'NEW_AND_OLD_IMAGES' && wanted === 'NEW_IMAGE');
}

export async function create(inputs: StreamingInputs, client: TableClient): Promise<StreamingState> {
  const before = await whenActive(inputs, client);
  const enabledStream = await ensureStream(inputs, before.stream, before.replicas, client);
  const enabledRecovery = await ensureRecovery(inputs.table, client);
  const after = await whenActive(inputs, client);
  return {
    ...inputs,
    streamArn: after.stream.arn ?? '',
    enabledByUs: { stream: enabledStream, recovery: enabledRecovery },
    drift: [],
  };
}

/** Reads the table. Drift is recorded in the state, and the next update fixes it. */
export async function read(state: StreamingState, client: TableClient): Promise<StreamingState> {
  const { stream } = await describe({ ...state, account: accountOf(state) }, client);
  const recovery = await client.describeRecovery(state.table);
  const drift: string[] = [];
  if (!stream.enabled) drift.push('the stream is off');
  else if (!satisfies(stream.viewType, state.viewType)) drift.push(`its view type is ${stream.viewType}`);
  if (stream.enabled && stream.arn !== state.streamArn) drift.push('it is another stream');
  if (!recovery.enabled) drift.push('point-in-time recovery is off');
  return { ...state, drift };
}

/** Account in which the stream was enabled. */
export function accountOf({ account, streamArn }: StreamingState): string | undefined {
  return account || accountIn(streamArn) || undefined;
}

/**
 * A table of another account is another table. Credentials are saved when they change, for the next refresh, and no more.
 * @returns names of the properties that differ, and those that make it another resource
 */
export function diff(
  state: StreamingState,
  inputs: StreamingInputs,
): { readonly changed: readonly string[]; readonly replaces: readonly string[] } {
  const names = [
    'table',
    'region',
    'account',
    'connection',
    'keys',
    'viewType',
    'replaceExistingStream',
    'onDestroy',
  ] as const;
  // A preview may not know a value yet; Pulumi then gives this text in its place. It never knows the settings
  // that an explicit provider lacks; new credentials show only in the update itself.
  const isUnknown = (value: unknown) => value === '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
  const changed: string[] = names.filter(
    (name) =>
      !isSame(state[name], inputs[name]) &&
      !((name === 'connection' || name === 'keys') && isUnknown(inputs[name])),
  );
  const before = { table: state.table, region: state.region, account: accountOf(state) };
  const replaces = (['table', 'region', 'account'] as const).filter(
    (name) => before[name] !== undefined && before[name] !== inputs[name] && !isUnknown(inputs[name]),
  );
  return { changed: state.drift.length > 0 ? [...changed, 'streamArn'] : changed, replaces };
}

/** Brings the table to the wanted state. If others have replaced the stream meanwhile, the new one is adopted; its ARN differs. */
export async function update(
  state: StreamingState,
  inputs: StreamingInputs,
  client: TableClient,
): Promise<StreamingState> {
  const next = await create(inputs, client);
  const isSameStream = next.streamArn === state.streamArn;
  return {
    ...next,
    enabledByUs: {
      stream: next.enabledByUs.stream || (isSameStream && state.enabledByUs.stream),
      recovery: next.enabledByUs.recovery || state.enabledByUs.recovery,
    },
  };
}

/** Leaves everything on, except that `Restore` turns off the stream that was turned on here. Recovery stays on: it may be somebody's backup. */
export async function remove(state: StreamingState, client: TableClient): Promise<void> {
  if (state.onDestroy !== 'Restore' || !state.enabledByUs.stream) return;
  const place = { table: state.table, account: accountOf(state) };
  let table: TableState;
  try {
    table = await whenActive(place, client);
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return;
    throw error;
  }
  // A stream with another ARN belongs to somebody else, and replicas need the stream.
  if (!table.stream.enabled || table.stream.arn !== state.streamArn || table.replicas > 0) return;
  await client.disableStream(state.table);
  await whenActive(place, client);
}

/** @returns whether it was turned on here */
async function ensureStream(
  inputs: StreamingInputs,
  stream: StreamState,
  replicas: number,
  client: TableClient,
): Promise<boolean> {
  const { table, viewType, replaceExistingStream } = inputs;
  if (stream.enabled && satisfies(stream.viewType, viewType)) return false;
  if (stream.enabled) {
    if (replicas > 0) {
      throw new Error(
        `Table ${table} has replicas, which need its stream of view type ${stream.viewType}, so the stream cannot be replaced.`,
      );
    }
    if (!replaceExistingStream) {
      throw new Error(
        `Table ${table} has a stream of view type ${stream.viewType}, but ${viewType} is needed. Changing the view type takes a ` +
          `new stream in place of the present one, which cuts off its other readers (Lambda functions, replicators). If there ` +
          `are none, set replaceExistingStream: true.`,
      );
    }
    await client.disableStream(table);
    await whenActive(inputs, client);
  }
  await client.enableStream(table, viewType);
  return true;
}

/** @returns whether it was turned on here */
async function ensureRecovery(table: string, client: TableClient): Promise<boolean> {
  for (let pauses = 0; ; pauses++) {
    try {
      if ((await client.describeRecovery(table)).enabled) return false;
      await client.enableRecovery(table);
      return true;
    } catch (error) {
      // DynamoDB sets up the backups of a new table for a while after it is created.
      if ((error as Error).name !== 'ContinuousBackupsUnavailableException' || pauses >= MOST_PAUSES)
        throw error;
      await client.pause(PAUSE_MS);
    }
  }
}

interface TablePlace {
  readonly table: string;
  /** Unknown if an old state does not have it. */
  readonly account: string | undefined;
}

/** Waits until the table is active: DynamoDB refuses a change while another one is in progress. */
async function whenActive(place: TablePlace, client: TableClient): Promise<TableState> {
  const { table } = place;
  for (let pauses = 0; pauses <= MOST_PAUSES; pauses++) {
    const state = await describe(place, client);
    if (state.status === 'ACTIVE') return state;
    if (state.status !== 'UPDATING' && state.status !== 'CREATING') {
      throw new Error(`Table ${table} is ${state.status}; its stream cannot be changed.`);
    }
    await client.pause(PAUSE_MS);
  }
  throw new Error(
    `Table ${table} did not become ACTIVE within ${(PAUSE_MS * MOST_PAUSES) / 60_000} minutes.`,
  );
}

/** @throws if the client's credentials are of another account, even if that has no such table */
async function describe({ table, account }: TablePlace, client: TableClient): Promise<TableState> {
  let state: TableState;
  try {
    state = await client.describe(table);
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException')
      requireAccount(table, account, await client.callerAccount());
    throw error;
  }
  requireAccount(table, account, accountIn(state.arn));
  return state;
}

function requireAccount(table: string, account: string | undefined, found: string): void {
  if (account === undefined || account === found) return;
  throw new Error(
    `Table ${table}: the AWS provider works in account ${account}, but the credentials for turning on its stream are for ` +
      `account ${found}. Nothing was changed. They come from the provider's keys, profile and roles, or else from the ` +
      `environment: give both the same account.`,
  );
}

function accountIn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** Whether two values of a state are equal; neither the order of properties nor those without a value count. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) {
    const isEmpty = (value: unknown) =>
      !value || (typeof value === 'object' && Object.keys(value).length === 0);
    return one === other || (isEmpty(one) && isEmpty(other));
  }
  const names = [...Object.keys(one), ...Object.keys(other)];
  return names.every((name) =>
    isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  );
}
