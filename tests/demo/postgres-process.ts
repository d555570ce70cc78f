import { LocalPostgres } from '../../demo/postgres';

/** Sent to the parent when the server runs. */
export interface Started {
  readonly folder: string;
  readonly url: string;
}

/** A process with its own server, for a test that kills it. */
void LocalPostgres.start().then((postgres) => {
  const started: Started = { folder: postgres.folder, url: postgres.url() };
  process.send?.(started);
  setInterval(() => undefined, 1_000);
});
