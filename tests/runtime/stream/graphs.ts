import assert from 'node:assert/strict';
import { ShardGraph, type ShardPage } from '../../../runtime/stream/shard-graph';
import { listing, START } from './arrivals';

export const start = (shards: string) => ShardGraph.start(listing(START, shards));
export const readable = (graph: ShardGraph) => graph.readable().map(({ id }) => id);
export const apply = (graph: ShardGraph, ...pages: ShardPage[]) =>
  pages.reduce((state, next) => state.applied(next).graph, graph);
export const state = (graph: ShardGraph, id: string) => {
  const found = graph.shards.get(id);
  assert.ok(found, `${id} is not known`);
  return found;
};
/** The graph as a restart reads it. */
export const stored = (graph: ShardGraph) =>
  ShardGraph.restore(
    JSON.parse(JSON.stringify(graph.head())) as ReturnType<ShardGraph['head']>,
    new Map([...graph.changedSince(undefined)].map(([id, line]) => [id, line ?? assert.fail()])),
  );
