import { settingsOf, type Settings } from '../runtime/config';
import { count } from '../runtime/observe/figures';
import { Session } from '../runtime/verbs/session';
import type { Terminal } from '../runtime/verbs/terminal';
import { whileRunning } from '../runtime/verbs/while-running';
import { makePlace, type Place } from './place';
import { BUCKET, REGION, Source, WRITES_PER_SECOND } from './source';
import { tour } from './tour';

export interface DemoOptions {
  /** Continue until the terminal is interrupted. */
  readonly follow: boolean;
  /** Destination in the form of `--to`; `postgres` starts a server. */
  readonly to: string;
  /** How many times as fast as real time the local AWS's clock runs. */
  readonly clockRate: number;
}

/** Runs the demo on this machine: a local AWS, data, export, load, live changes. @throws WrongUse for an unusable `to` */
export async function runDemo({ follow, to, clockRate }: DemoOptions, terminal: Terminal): Promise<void> {
  const place = await makePlace(to);
  const source = new Source(clockRate);
  const url = await source.start();
  let hasRows = false;
  try {
    const settings = demoSettings(source.tables, place.to, url, clockRate);
    const session = await Session.open(settings, terminal, terminal.output, {
      credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
      usesProxies: false,
    });
    try {
      introduce(session, source, url, place);
      session.events.on('pipeline.published', () => (hasRows = true));
      await whileRunning(session, terminal.interrupted, 'demo', () =>
        tour(session, source, { signal: terminal.interrupted, follow, clockRate, look: place.look }),
      );
    } finally {
      await session.close();
      // Also after Ctrl-C.
      if (hasRows) terminal.output.write(`\n${place.farewell(follow)}\n`);
    }
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
    region: REGION,
    clockRate,
    log: { format: 'human', summaryMs: 2_000 },
  });
}

function introduce(session: Session, source: Source, url: string, { what, isLocal }: Place): void {
  const { clockRate } = source;
  session.say(
    `This demo replicates two DynamoDB tables into ${what}. ` +
      `${isLocal ? 'Everything runs on this machine; no' : 'No'} AWS account is used.`,
  );
  session.say('');
  session.say(
    `A simulated AWS listens on ${url}. Its clock runs ${count(clockRate)} times faster` +
      `${clockRate === 60 ? ': one of its minutes is one of your seconds' : ''}. All times below are simulated.`,
  );
  session.say('Its tables:');
  for (const [table, items] of source.counts)
    session.say(`  ${table.padEnd(16)} ${count(items).padStart(6)} items`);
  session.say('  (bird strikes reported to the US FAA; a product catalog modelled on AWS’s sample tables)');
  session.say(`From now on an application writes to both tables, ${WRITES_PER_SECOND} times a second.`);
  session.say('');
}
