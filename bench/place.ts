import { type DestinationPlace, destinationPlace } from '../runtime/destinations/place';

/** Where `--to` leads, with the settings' defaults. */
export function placeOf(to: string): DestinationPlace {
  return destinationPlace(to, { duckdb: { memoryLimitBytes: 256 * 2 ** 20, threads: 2 }, postgres: {} });
}
