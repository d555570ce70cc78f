import { LocalPostgres } from '../../simulator/postgres';

/** A process with a server of its own, for a test that kills it. */
void LocalPostgres.start().then((postgres) => {
  process.send?.({ folder: postgres.folder, url: postgres.url() });
  setInterval(() => undefined, 1_000);
});
