import type { DestinationKind } from '../kind';
import { duckdbGroup, duckdbSettings, type DuckDBSettings, isDuckDBLocation, PHRASE } from './config';
import type * as Implementation from './destination';
import { duckdbDialect } from './dialect';
import { sqlType, storageType } from './types';

export const duckdb: DestinationKind<'duckdb', typeof duckdbGroup, DuckDBSettings> = {
  name: 'duckdb',
  title: 'DuckDB',
  phrase: PHRASE,
  location: {
    description: 'a DuckDB file, which is created if it does not exist',
    expected: 'the path of a DuckDB file',
    form: 'a file name that ends in .duckdb, .ddb or .db',
    example: 'orders.duckdb',
    placeholder: 'FILE.duckdb',
  },
  loadConnections: '1 for DuckDB',
  dialect: duckdbDialect,
  columnType: (type) => sqlType(storageType(type)),
  group: duckdbGroup,
  matches: isDuckDBLocation,
  settings: (to, options) => ({ settings: duckdbSettings(to, options) }),
  open(settings) {
    // Loaded on first use: the engine has 70 MB.
    // oxlint-disable-next-line typescript/no-require-imports
    const { DuckDBDestination } = require('./destination') as typeof Implementation;
    return new DuckDBDestination(settings);
  },
};
