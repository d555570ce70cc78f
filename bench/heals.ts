import { mkdirSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Conversation } from './child/conversation';
import type { GenerationMessage, GenerationOrder } from './healing/generation-process';
import type { GenerationPlan, MeasuredGeneration } from './healing/measure-generation';
import type { SourceAnswer, SourceOrder, Sums } from './healing/source-process';
import type { HealTable } from './plan';
import type { Database } from './postgres';
import type { Engine, HealResult } from './results';

export interface HealOptions {
  readonly folder: string;
  readonly seed: number;
  readonly healTables: readonly HealTable[];
  readonly database: (() => Promise<Database>) | undefined;
  readonly tell: (line: string) => void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OUTAGE_MS = 30 * HOUR;
/** Longer than what a heal reads again before its gap, with the same writes as in it. */
const FOLLOWED_MS = 30 * MINUTE;
const LONGEST_MS = 300_000;

/** Compiled like this file, or not. */
const moduleOf = (name: string) => join(__dirname, 'healing', `${name}${extname(__filename)}`);

type Source = Conversation<SourceOrder, SourceAnswer>;
type Generation = Conversation<GenerationOrder, GenerationMessage>;

/** Closes gaps of 30 hours: with some changes in each by a heal, and one by loading the whole table. */
export async function runHeals(options: HealOptions): Promise<readonly HealResult[]> {
  const results: HealResult[] = [];
  for (const table of options.healTables) {
    options.tell(`making a table of ${table.rows} items`);
    const source: Source = new Conversation('the source', moduleOf('source-process'), {
      words: [table.rows, options.seed].map(String),
      // A million items need 2 GB.
      execArgv: [...process.execArgv, '--max-old-space-size=8192', '--max-semi-space-size=128'],
    });
    try {
      const { url } = (await source.answer(LONGEST_MS)) as { url: string };
      for (const engine of ['duckdb', 'postgres'] as const)
        if (engine === 'duckdb' || options.database !== undefined)
          for await (const result of healsInto(engine, { url, source, table, ...options })) {
            options.tell(line(result));
            results.push(result);
          }
    } finally {
      source.kill();
    }
  }
  return results;
}

interface Setting extends HealOptions {
  readonly url: string;
  readonly source: Source;
  readonly table: HealTable;
}

async function* healsInto(engine: Engine, setting: Setting): AsyncGenerator<HealResult> {
  const { source, table, url } = setting;
  const { rows, changes, resynced } = table;
  const folder = join(setting.folder, 'work');
  mkdirSync(folder);
  const database = engine === 'postgres' ? await setting.database?.() : undefined;
  const to = database?.url ?? join(folder, 'heals.duckdb');
  const plan = { to, url };
  let generation: Running | undefined;
  try {
    generation = await run({ ...plan, way: 'resync' }, source);
    const gaps = [
      ...changes.map((changed) => ({ changed, way: 'heal' as const })),
      ...(resynced === undefined ? [] : [{ changed: resynced, way: 'resync' as const }]),
    ];
    for (const { changed, way } of gaps) {
      const whileFollowed = Math.ceil((changed * FOLLOWED_MS) / OUTAGE_MS);
      await write(source, { keys: whileFollowed, ms: FOLLOWED_MS, leaping: false });
      await stop(generation);
      source.send({ do: 'set pace', pace: 1 });
      await write(source, { keys: changed, ms: OUTAGE_MS, leaping: true });
      generation = await run({ ...plan, way }, source);
      yield { engine, rows, changed, way, ...generation.measured.measures };
    }
    await stop(generation);
  } finally {
    generation?.process.kill();
    rmSync(folder, { recursive: true, force: true });
    await database?.drop();
  }
}

interface Running {
  readonly process: Generation;
  readonly measured: MeasuredGeneration;
}

/** Starts a replicator and waits until it has published. @throws Error unless it then has what the source has */
async function run(plan: GenerationPlan, source: Source): Promise<Running> {
  const generation: Generation = new Conversation(
    'the replicator',
    moduleOf('generation-process'),
    {},
    (message) => {
      if ('pace' in message) source.send({ do: 'set pace', pace: message.pace });
      return 'pace' in message;
    },
  );
  try {
    generation.send(plan);
    const message = await generation.answer(LONGEST_MS);
    if (!('measured' in message)) throw new Error('failure' in message ? message.failure : 'no measures');
    source.send({ do: 'sum' });
    requireEqual(message.measured.sums, (await source.answer(LONGEST_MS)) as Sums);
    return { process: generation, measured: message.measured };
  } catch (error) {
    generation.kill();
    throw error;
  }
}

function requireEqual(ours: Sums, theirs: Sums): void {
  if (JSON.stringify(ours) !== JSON.stringify(theirs))
    throw new Error(
      `the destination differs from the source: ${JSON.stringify(ours)} and ${JSON.stringify(theirs)}`,
    );
}

async function write(
  source: Source,
  order: { readonly keys: number; readonly ms: number; readonly leaping: boolean },
): Promise<void> {
  source.send({ do: 'write', ...order });
  await source.answer(LONGEST_MS);
}

async function stop({ process }: Running): Promise<void> {
  process.send('stop');
  await process.exited(LONGEST_MS);
}

function line({ engine, rows, changed, way, ...measures }: HealResult): string {
  const { billedBytes, loadMs, findMs, rereadMs, publishMs } = measures;
  return (
    `${way} of ${rows} rows in ${engine}, ${changed} keys changed: ${Math.round(billedBytes / 1e6)} MB billed, ` +
    `${Math.round(loadMs + findMs + rereadMs + publishMs)} ms of work`
  );
}
