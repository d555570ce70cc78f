import type { Settings } from '../config';
import { Counters } from '../observe/counters';
import { tableOf } from '../observe/figures';
import { serviceHealth } from '../observe/health';
import { HealthServer, type Vitals } from '../observe/health-server';
import { MetricLog } from '../observe/metric-log';
import type { Screen } from '../observe/progress';
import { prometheusText } from '../observe/prometheus';
import { readingsOf } from '../observe/readings';
import { WrongUse } from './exit-codes';
import { isForPeople, type Observed } from './observers';

const DEFAULT_REPLICATOR = 'replicator';

/** The health server and the metrics of a `run`, as far as its settings enable them. */
export interface Monitoring {
  close(): Promise<void>;
}

/** @param screen where the log goes @throws WrongUse when the port is in use */
export async function startMonitoring(
  settings: Settings,
  observed: Observed,
  screen: Screen,
): Promise<Monitoring> {
  const { port } = settings.health;
  const server = port === undefined ? undefined : await openServer(port, vitalsOf(settings, observed));
  const stopping = new AbortController();
  const metrics = writeMetrics(settings, observed, screen, stopping.signal);
  return {
    close: async () => {
      stopping.abort(new Error('the replicator stops'));
      await metrics;
      await server?.close();
    },
  };
}

async function openServer(port: number, vitals: Vitals): Promise<HealthServer> {
  try {
    return await HealthServer.start(port, vitals);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new WrongUse(`Port ${port} is in use. Choose another health port with --health-port.`);
  }
}

function vitalsOf({ tables }: Settings, { board, clock, events, now }: Observed): Vitals {
  const names = tables.map(({ name }) => name);
  const counters = new Counters(events);
  return {
    health: () => serviceHealth(names, board.all(), clock.elapsedMs(), board),
    metrics: () => {
      const moment = { elapsedMs: clock.elapsedMs(), now: now() };
      const all = board.all().map((status) => ({
        table: tableOf(status.pipeline),
        readings: readingsOf(status, counters.of(status.pipeline), moment),
      }));
      return prometheusText(all);
    },
  };
}

async function writeMetrics(
  { metrics: { namespace, replicator = DEFAULT_REPLICATOR }, log }: Settings,
  observed: Observed,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  if (namespace === undefined || isForPeople(log, screen)) return;
  const write = (line: string) => void screen.write(`${line}\n`);
  await new MetricLog({ ...observed, owner: { namespace, replicator }, write }).run(signal);
}
