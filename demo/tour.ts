import { untilAborted } from '../runtime/abort';
import { LocalClock } from '../runtime/clock';
import { counted, duration } from '../runtime/observe/figures';
import type { Session } from '../runtime/verbs/session';
import { textTable } from '../runtime/verbs/text-table';
import type { Source } from './source';
import { verdict } from '../runtime/verbs/verify';

/** On the simulator's clock: eight real seconds at the demo's usual rate. */
const FOLLOW_MS = 8 * 60_000;

export interface TourOptions {
  readonly signal: AbortSignal;
  /** Continue until the signal. */
  readonly follow: boolean;
  /** How many times as fast as real time the simulator's clock runs. */
  readonly clockRate: number;
  /** Command that queries the rows while the demo runs. */
  readonly look: string | undefined;
}

/** Guides through load, changes, verify and queries while the replicator runs. */
export async function tour(
  session: Session,
  source: Source,
  { signal, follow, clockRate, look }: TourOptions,
): Promise<void> {
  const pause = (ms: number) => new LocalClock().sleep(ms, signal);
  const published = Promise.all(source.tables.map((table) => session.replicator.untilPublished(table)));
  const lags = lagsOf(session);
  source.startWriting();

  await published;
  session.say('');
  session.say('Both tables are loaded, including what changed meanwhile. Now changes arrive as they happen:');
  if (look !== undefined) session.say(`To query the rows meanwhile, run in another terminal: ${look}`);
  await pause(FOLLOW_MS / 2 / clockRate);
  source.split();
  session.say('A shard of bird-strikes split. Its child shards are read once it ends.');
  await pause(FOLLOW_MS / 2 / clockRate);
  source.stopWriting();

  session.say('');
  session.say(
    `The application pauses after ${counted(source.writes, 'write')}. "verify" compares every cell with a new export:`,
  );
  const reports = await Promise.all(
    source.tables.map(async (table) => ({ table, result: await session.replicator.verify(table) })),
  );
  session.say('');
  for (const report of reports) session.say(verdict(report).trimEnd());
  for (const query of QUERIES) await show(session, query);
  session.say('');
  session.say(lagText(lags(), clockRate));
  if (!follow) return;

  session.say('');
  session.say('The application writes again. Press Ctrl-C to stop.');
  source.startWriting();
  await untilAborted(signal);
  source.stopWriting();
}

/** In SQL that every destination understands. */
const QUERIES: readonly string[] = [
  `SELECT species, count(*) AS strikes, max("costTotal") AS dearest
FROM "bird-strikes"
WHERE size = 'Large' GROUP BY species ORDER BY strikes DESC, species LIMIT 5`,
  `SELECT "ProductCategory", count(*) AS products, min("Price") AS cheapest, max("Price") AS dearest
FROM "product-catalog"
GROUP BY "ProductCategory" ORDER BY "ProductCategory"`,
];

async function show(session: Session, sql: string): Promise<void> {
  const { columns, rows } = await session.destination.query(sql);
  session.say('');
  for (const line of sql.split('\n')) session.say(`> ${line}`);
  for (const line of textTable(columns, rows).split('\n')) session.say(`  ${line}`);
}

/** Sorted lags of the batches with records after the first publish, in ms of the simulator's clock. */
function lagsOf(session: Session): () => readonly number[] {
  const lags: number[] = [];
  const following = new Set<string>();
  session.events.on('pipeline.published', ({ pipeline }) => following.add(pipeline));
  session.events.on('stream.batch', ({ pipeline, records, lagMs }) => {
    if (following.has(pipeline) && records > 0) lags.push(lagMs);
  });
  return () => [...lags].sort((a, b) => a - b);
}

function lagText(lags: readonly number[], clockRate: number): string {
  const [median = 0, longest = 0] = [lags[Math.floor(lags.length / 2)], lags.at(-1)];
  const real = (ms: number) => `${Number((ms / clockRate / 1_000).toPrecision(2))} s`;
  return `Lag: median ${real(median)}, maximum ${real(longest)} (${duration(median)} and ${duration(longest)} simulated).`;
}
