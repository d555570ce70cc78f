/** Where the demo's rows go without `--to`. The demo owns this file, and replaces it. */
export const DEFAULT_FILE = '.replicator/demo.duckdb';
