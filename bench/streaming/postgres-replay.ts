import { Client } from 'pg';
import { PreparedStatements } from '../../runtime/destinations/postgres/connection/prepared-statements';
import { RoundTrip, type Statement } from '../../runtime/destinations/postgres/connection/round-trip';
import type { Replay } from './replay';

/** Records round trips at the driver. */
export async function postgresReplay(url: string): Promise<Replay> {
  const client = new Client(url);
  await client.connect();
  const prepared = new PreparedStatements();
  const driver = Client.prototype;
  const query = driver.query as (...given: unknown[]) => unknown;
  const waiting: (readonly Statement[])[] = [];
  return {
    async record(commit) {
      driver.query = function (this: Client, ...given: unknown[]) {
        const [what] = given;
        if (!(what instanceof RoundTrip)) return query.apply(this, given);
        waiting.push((what as unknown as { readonly statements: readonly Statement[] }).statements);
        return { done: Promise.resolve() };
      } as typeof driver.query;
      try {
        await commit();
      } finally {
        driver.query = query as typeof driver.query;
      }
    },
    async send() {
      await client.query(new RoundTrip(waiting.shift() ?? [], prepared)).done;
    },
    close: () => client.end(),
  };
}
