import type { Detection, Mutation } from './mutation';

const verify = (title: string): Detection => ({ spec: 'tests/simulation/verify.spec.ts', title });

export const VERIFYING: readonly Mutation[] = [
  {
    rule: 'V1',
    what: 'the export may be older than the recording',
    file: 'runtime/pipeline/verify.ts',
    find: 'exportableFrom(recordedFrom + EXPORT_BLUR_MS)',
    replace: 'exportableFrom(recordedFrom)',
    by: verify('V1: T is'),
  },
  {
    rule: 'V1',
    what: 'rows are compared before W has passed the export',
    file: 'runtime/pipeline/verify.ts',
    find: '>= exportTime + EXPORT_BLUR_MS',
    replace: '>= 0',
    by: verify('V1: T is'),
  },
  {
    rule: 'V1',
    what: 'what changes is not recorded',
    file: 'runtime/destinations/duckdb/apply.ts',
    find: 'if (recordKeys) {',
    replace: 'if (recordKeys && columns.length === 0) {',
    by: { spec: 'tests/destinations/duckdb-once-loaded.spec.ts', title: 'leaves out the keys that changed' },
  },
  {
    rule: 'V2',
    what: 'a verify that fails stops the pipeline',
    file: 'runtime/pipeline/requests.ts',
    find: 'if (signal.aborted || error instanceof LeaseLost) {',
    replace: 'if (signal.aborted || error instanceof Error) {',
    by: verify('V2: the manifest is gone'),
  },
  {
    rule: 'V3',
    what: 'a verify that fails is not ended',
    file: 'runtime/pipeline/verify.ts',
    find: 'if (!signal.aborted) await end().catch(reportFailure);',
    replace: '',
    by: verify('V2: the manifest is gone'),
  },
  {
    rule: 'V3',
    what: 'a lease of the destination in memory leaves a verify',
    file: 'tests/destinations/memory.ts',
    find: '    endVerify(pipeline);\n',
    replace: '',
    by: verify('V3: killed when all is loaded'),
  },
  {
    rule: 'V3',
    what: 'a lease of a DuckDB file leaves a verify',
    file: 'runtime/destinations/duckdb/registration.ts',
    find: '  if (state.verifying) await endVerify(transaction, tables);\n',
    replace: '',
    by: { spec: 'tests/destinations/duckdb-once-loaded.spec.ts', title: 'V3: the next lease' },
  },
  {
    rule: 'V3',
    what: 'a generation in a DuckDB file leaves a verify',
    file: 'runtime/destinations/duckdb/store.ts',
    find: '      if (state.verifying) await endVerify(transaction, this.tables);\n',
    replace: '',
    by: { spec: 'tests/destinations/duckdb-once-loaded.spec.ts', title: 'V3: the next generation' },
  },
];
