import type { StreamState, TableClient, TableState } from './client';

/**
 * Turns on the stream and point-in-time recovery of a table that others manage: create, read, diff, update and delete of a
 * resource that owns only what it turned on. Pure except for its client.
 *
 * Pulumi stores these functions as text in the stack's state and runs that text later. So they use no classes, and only
 * what is declared in this file.
 */

export interface StreamingInputs {
  readonly table: string;
  readonly region: string;
  readonly viewType: string;
  readonly replaceExistingStream: boolean;
  /** `Leave` or `Restore`. */
  readonly onDestroy: string;
}

/** State between runs. */
export interface StreamingState extends StreamingInputs {
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
  const before = await whenActive(inputs.table, client);
  const enabledStream = await ensureStream(inputs, before.stream, before.replicas, client);
  const enabledRecovery = await ensureRecovery(inputs.table, client);
  const after = await whenActive(inputs.table, client);
  return {
    ...inputs,
    streamArn: after.stream.arn ?? '',
    enabledByUs: { stream: enabledStream, recovery: enabledRecovery },
    drift: [],
  };
}

/** Reads the table. Drift is recorded in the state, and the next update fixes it. */
export async function read(state: StreamingState, client: TableClient): Promise<StreamingState> {
  const { stream } = await client.describe(state.table);
  const recovery = await client.describeRecovery(state.table);
  const drift: string[] = [];
  if (!stream.enabled) drift.push('the stream is off');
  else if (!satisfies(stream.viewType, state.viewType)) drift.push(`its view type is ${stream.viewType}`);
  if (stream.enabled && stream.arn !== state.streamArn) drift.push('it is another stream');
  if (!recovery.enabled) drift.push('point-in-time recovery is off');
  return { ...state, drift };
}

/** @returns names of the properties that differ, and of those that replace the resource */
export function diff(
  state: StreamingState,
  inputs: StreamingInputs,
): { readonly changed: readonly string[]; readonly replaces: readonly string[] } {
  const names = ['table', 'region', 'viewType', 'replaceExistingStream', 'onDestroy'] as const;
  const changed: string[] = names.filter((name) => state[name] !== inputs[name]);
  const replaces = changed.filter((name) => name === 'table' || name === 'region');
  return { changed: state.drift.length > 0 ? [...changed, 'streamArn'] : changed, replaces };
}

/** Brings the table to the wanted state. If others have replaced the stream meanwhile, the new one is adopted; its ARN differs. */
export async function update(
  state: StreamingState,
  inputs: StreamingInputs,
  client: TableClient,
): Promise<StreamingState> {
  const next = await create(inputs, client);
  const isSame = next.streamArn === state.streamArn;
  return {
    ...next,
    enabledByUs: {
      stream: next.enabledByUs.stream || (isSame && state.enabledByUs.stream),
      recovery: next.enabledByUs.recovery || state.enabledByUs.recovery,
    },
  };
}

/** Leaves everything on, except that `Restore` turns off the stream that was turned on here. Recovery stays on: it may be somebody's backup. */
export async function remove(state: StreamingState, client: TableClient): Promise<void> {
  if (state.onDestroy !== 'Restore' || !state.enabledByUs.stream) return;
  let table: TableState;
  try {
    table = await whenActive(state.table, client);
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return;
    throw error;
  }
  // A stream with another ARN belongs to somebody else, and replicas need the stream.
  if (!table.stream.enabled || table.stream.arn !== state.streamArn || table.replicas > 0) return;
  await client.disableStream(state.table);
  await whenActive(state.table, client);
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
    await whenActive(table, client);
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

/** Waits until the table is active: DynamoDB refuses a change while another one is in progress. */
async function whenActive(table: string, client: TableClient): Promise<TableState> {
  for (let pauses = 0; pauses <= MOST_PAUSES; pauses++) {
    const state = await client.describe(table);
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
