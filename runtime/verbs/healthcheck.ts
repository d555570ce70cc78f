import { request } from 'node:http';
import { readHealthSettings } from '../config';
import type { ServiceHealth } from '../observe/health';
import { EXIT, WrongUse } from './exit-codes';
import { addSettingFlags, flagValues } from './flags';
import type { Verb } from './verb';

/** How long a busy replicator may take to answer. The container's own limit is longer. */
const TIMEOUT_MS = 5_000;

/** `dynamodb-replicator healthcheck`: asks the `run` on this machine or in this container whether it is healthy. */
export const healthcheckCommand: Verb = {
  name: 'healthcheck',
  summary: 'ask the replicator on this machine whether it is healthy; exits with 0 or 1',
  example: 'dynamodb-replicator healthcheck --health-port 8080',
  define: (command) => void addSettingFlags(command, { settings: ['health.port'] }),
  async run(command, terminal) {
    const { port } = readHealthSettings({ flags: flagValues(command), environment: terminal.environment });
    if (port === undefined) {
      throw new WrongUse(
        'Missing port. Give that of the running replicator: --health-port 8080, or DYNAMODB_REPLICATOR_HEALTH_PORT.',
      );
    }
    const { isAlive, text } = await ask(port);
    (isAlive ? terminal.output : terminal.errors).write(`${text}\n`);
    return isAlive ? EXIT.fine : EXIT.failed;
  },
};

function ask(port: number): Promise<{ readonly isAlive: boolean; readonly text: string }> {
  return new Promise((resolve) => {
    const noAnswer = (error: Error) =>
      resolve({ isAlive: false, text: `No answer on 127.0.0.1:${port}: ${error.message}` });
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const sent = request({ host: '127.0.0.1', port, path: '/healthz', signal: timeout }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', noAnswer);
      response.on('end', () => resolve({ isAlive: response.statusCode === 200, text: inWords(body) }));
    });
    sent.on('error', noAnswer);
    sent.end();
  });
}

/** One line a table: `orders: following the stream`. */
function inWords(body: string): string {
  try {
    const { tables } = JSON.parse(body) as ServiceHealth;
    return tables.map(({ table, reason }) => `${table}: ${reason}`).join('\n');
  } catch {
    return `Something other than a replicator answers on this port: ${body.slice(0, 200)}`;
  }
}
