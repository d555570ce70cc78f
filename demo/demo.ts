import { settingsOf, type Settings } from '../runtime/config';
import { count } from '../runtime/observe/figures';
import { Session } from '../runtime/verbs/session';
import type { Terminal } from '../runtime/verbs/terminal';
import { whileRunning } from '../runtime/verbs/while-running';
import { makePlace, type Place } from './place';
import { BUCKET, Source, WRITES_PER_SECOND } from './source';
import { tour } from './tour';

export interface DemoOptions {
  /** Go on until the terminal is interrupted. */
  readonly follow: boolean;
  /** As `--to` takes it; `postgres` starts a server. */
  readonly to: string;
  /** Service seconds per second. */
  readonly clockRate: number;
}

/** Shows everything on this machine: a local AWS, data, export, load, live changes. @throws WrongUse where the rows cannot go there */
export async function runDemo({ follow, to, clockRate }: DemoOptions, terminal: Terminal): Promise<void> {
  const place = await makePlace(to);
  const source = new Source(clockRate);
  const url = await source.start();
  try {
    const settings = demoSettings(source.tables, place.to, url, clockRate);
    const session = await Session.open(settings, terminal, terminal.output, {
      credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
      usesProxies: false,
    });
    try {
      introduce(session, source, url, place);
      await whileRunning(session, terminal.interrupted, 'demo', () =>
        tour(session, source, { signal: terminal.interrupted, follow, clockRate }),
      );
    } finally {
      await session.close();
    }
    terminal.output.write(`\n${place.farewell}\n`);
  } finally {
    await source.stop();
    await place.remove();
  }
}

function demoSettings(tables: readonly string[], to: string, endpoint: string, clockRate: number): Settings {
  return settingsOf({
    tables,
    bucket: BUCKET,
    to,
    endpoint,
    region: 'eu-west-1',
    clockRate,
    log: { format: 'human', summaryMs: 2_000 },
  });
}

function introduce(session: Session, source: Source, url: string, { what, look }: Place): void {
  session.say(`A DynamoDB table in ${what}, on this machine alone: no account, nothing leaves it.`);
  session.say('');
  session.say(
    `A local AWS listens on ${url}. Its clock runs ${source.clockRate} times faster than yours, so its`,
  );
  session.say('minutes are your seconds; waits and lag below are by that clock. Its tables are 6 hours old:');
  for (const [table, items] of source.counts)
    session.say(`  ${table.padEnd(16)} ${count(items).padStart(6)} items`);
  session.say('  (bird strikes reported to the US FAA; a catalog of the shape of AWS’s sample tables)');
  session.say(`An application writes ${WRITES_PER_SECOND} times a second to both, from now on.`);
  if (look !== undefined) session.say(`Look at the rows meanwhile, from another terminal: ${look}`);
  session.say('');
}
