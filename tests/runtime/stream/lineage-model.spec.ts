import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ShardGraph, ShardState } from '../../../runtime/stream/shard-graph';
import { seed, sized } from '../../seeds';
import { TIER } from '../../tiers/tier';
import { ReplicaModel } from './replica-model';
import type { Mutation, Outcome, Step } from './replica-steps';
import { MINUTE } from './arrivals';

const RUNS = sized(TIER === 'quick' ? 200 : 600);

function kind(what: Step['what'], weight: number) {
  const number = fc.integer({ min: 0, max: 0xffff });
  return { weight, arbitrary: fc.record({ what: fc.constant(what), one: number, other: number }) };
}

const schedules = fc.array(
  fc.oneof(
    kind('pass', 14),
    kind('leap', 1),
    kind('write', 22),
    kind('roll', 3),
    kind('split', 2),
    kind('list', 12),
    kind('read', 36),
    kind('commit', 12),
    kind('crash', 1),
    kind('renew', 1),
  ),
  { minLength: 40, maxLength: 400, size: 'max' },
);

describe('runtime/stream over random lineages', () => {
  it('S1 S2 S3 S5 A1 A2 W1 G1: each write is applied once and in order, none is lost, W is never ahead', () => {
    const outcomes = new Map<Outcome, number>();
    fc.assert(
      fc.property(schedules, (steps) => {
        const outcome = new ReplicaModel(steps).run();
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      { seed: seed(20260105), numRuns: RUNS },
    );
    const share = (outcome: Outcome) => (outcomes.get(outcome) ?? 0) / RUNS;
    assert.ok(share('caught up') > 0.3, `only ${share('caught up')} of the runs reached their end`);
    assert.ok(share('gap') > 0.05, `only ${share('gap')} of the runs had a gap`);
  });

  describe('detects each rule that is switched off', () => {
    const least = (of: (shard: ShardState) => boolean) => (graph: ShardGraph) =>
      Math.min(...[...graph.shards.values()].filter(of).map(({ watermark }) => watermark));
    const mutations: Record<string, Mutation> = {
      'W1: W is not limited by the last listing': { watermark: least(({ stage }) => stage !== 'succeeded') },
      'W1: W ignores shards that ended': {
        watermark: (graph) =>
          Math.min(graph.listedAt - MINUTE, least(({ stage }) => stage === 'open')(graph)),
      },
      'W1: one empty page proves a shard idle': { idle: { answers: 1, which: 'first' } },
      'W1: the last of three empty pages counts': { idle: { answers: 3, which: 'last' } },
      'W1: a closed shard counts as open': {
        listing: (listing) => ({
          ...listing,
          startedAt: listing.startedAt + MINUTE,
          shards: listing.shards.map((shard) => ({ ...shard, closed: false })),
        }),
      },
      'A1: one listing fixes the roots': { rootsAtOnce: true },
      'S2: an empty page of a shard counts as its end': {
        page: (page) => ({ ...page, ended: page.ended || page.records.length === 0 }),
      },
      'S2: the last records are not applied with the end': {
        page: (page) => (page.ended ? { ...page, records: [] } : page),
      },
      'S4: a listing lacks its last page': {
        listing: (listing) => ({ ...listing, shards: listing.shards.slice(0, 3) }),
      },
      'G1: the age of W is not checked at the commit': { withoutAgeAtCommit: true },
      'G1: the age of W is not checked at a listing': { withoutAgeAtListing: true },
      'G1: the age of W is not checked at all': { withoutAge: true },
      'S5: a position is lost in the checkpoint': {
        stored: (line) => line.replace(/"position":"\d+",/, ''),
      },
    };
    for (const [rule, mutation] of Object.entries(mutations)) {
      it(rule, () => {
        const property = fc.property(schedules, (steps) => void new ReplicaModel(steps, mutation).run());
        const { failed, errorInstance, numRuns } = fc.check(property, {
          seed: 7,
          numRuns: 20_000,
          endOnFailure: true,
        });
        assert.ok(failed, `${numRuns} runs did not detect it`);
        assert.ok(errorInstance instanceof assert.AssertionError, String(errorInstance));
      });
    }
  });
});
