/** What must fail when a rule is broken: random schedules by their seeds, or tests by file and title. */
export type Detection =
  | { readonly seeds: readonly [first: number, last: number] }
  | { readonly spec: string; readonly title: string };

/** Breaks a rule of docs/SPEC.md by replacing a text that occurs exactly once in its file. */
export interface Mutation {
  readonly rule: string;
  readonly what: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly by: Detection;
  /** Also runs in `npm test`. */
  readonly fast?: boolean;
}

export const GRAPH = 'runtime/stream/shard-graph.ts';
export const LINEAGE = 'runtime/stream/lineage.ts';
export const READER = 'runtime/stream/shard-reader.ts';
export const LISTING = 'runtime/stream/listing.ts';
export const FOLLOWER = 'runtime/pipeline/follower.ts';
export const PUBLISH = 'runtime/pipeline/publish.ts';
export const START = 'runtime/pipeline/start-generation.ts';
export const WATCH = 'runtime/pipeline/source-watch.ts';
export const gaps = (title: string): Detection => ({ spec: 'tests/simulation/gaps.spec.ts', title });
export const resyncs = (title: string): Detection => ({ spec: 'tests/simulation/resyncs.spec.ts', title });
export const rules = (title: string): Detection => ({ spec: 'tests/simulation/rules.spec.ts', title });
export const graph = (title: string): Detection => ({
  spec: 'tests/runtime/stream/shard-graph.spec.ts',
  title,
});
export const graphWatermark = (title: string): Detection => ({
  spec: 'tests/runtime/stream/shard-graph-watermark.spec.ts',
  title,
});
export const published = (title: string): Detection => ({
  spec: 'tests/runtime/pipeline/publish.spec.ts',
  title,
});
