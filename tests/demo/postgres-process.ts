import { LocalPostgres } from '../../demo/postgres';

/** What the process tells when its server runs. */
export interface Started {
  readonly folder: string;
  readonly url: string;
}

/** A process with a server of its own, for a test that kills it. */
void LocalPostgres.start().then((postgres) => {
  const started: Started = { folder: postgres.folder, url: postgres.url() };
  process.send?.(started);
  setInterval(() => undefined, 1_000);
});
