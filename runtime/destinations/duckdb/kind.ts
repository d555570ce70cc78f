import { z } from 'zod';
import { bytes, MiB, wholeNumber } from '../../setting-values';
import type { DestinationKind } from '../kind';
import { duckdbSettings, type DuckDBSettings, isDuckDBLocation, PHRASE } from './config';
import type * as Implementation from './destination';
import { duckdbDialect } from './dialect';
import { sqlType, storageType } from './types';

const group = z.strictObject({
  memoryLimitBytes: bytes(128 * MiB)
    .default(256 * MiB)
    .meta({
      description: 'Memory DuckDB may use before it spills to disk beside the file.',
      example: '1GiB',
    }),
  threads: wholeNumber(1, 256).default(2).meta({ description: 'Threads DuckDB may use.', example: '4' }),
});

export const duckdb: DestinationKind<'duckdb', typeof group, DuckDBSettings> = {
  name: 'duckdb',
  title: 'DuckDB',
  phrase: PHRASE,
  location: {
    description: 'a DuckDB file, which is made when it does not exist',
    expected: 'the path of a DuckDB file',
    form: 'a file name that ends in .duckdb, .ddb or .db',
    example: 'orders.duckdb',
    placeholder: 'FILE.duckdb',
  },
  loadConnections: '1 for DuckDB',
  dialect: duckdbDialect,
  columnType: (type) => sqlType(storageType(type)),
  group,
  matches: isDuckDBLocation,
  settings(to, { memoryLimitBytes, threads }) {
    const memoryLimitMB = memoryLimitBytes === undefined ? undefined : Math.floor(memoryLimitBytes / 1e6);
    return { settings: duckdbSettings(to, { memoryLimitMB, threads }) };
  },
  open(settings) {
    // An engine of 70 MB.
    // oxlint-disable-next-line typescript/no-require-imports
    const { DuckDBDestination } = require('./destination') as typeof Implementation;
    return new DuckDBDestination(settings);
  },
};
