import assert from 'node:assert/strict';
import type { Destination, PipelineStore } from '../../../runtime/destinations/destination';
import { quickIf } from '../../tiers/tier';
import type { CrashImage, Fixture } from '../fixture';
import {
  attribute,
  begin,
  bury,
  checkpoint,
  COLUMNS,
  ID,
  JSON_TYPE,
  deadLetterOf,
  loadRows,
  numberType,
  remove,
  SOFT_ORDERS,
  sorted,
  TEXT,
  upsert,
} from './orders';

class Crash extends Error {}

/** The error itself, or the error that a destination makes of an unknown one. */
function isCrash(error: unknown): error is Error {
  return error instanceof Error && (error instanceof Crash || error.cause instanceof Crash);
}

const changes = [
  upsert('a', ['changed']),
  remove('b'),
  bury('c'),
  upsert('new', ['new']),
  remove('never there'),
];
const batch = { columns: COLUMNS, changes };
const wider = [
  ID,
  attribute('value', JSON_TYPE),
  attribute('new', TEXT),
  attribute('digits', numberType(38, 4)),
];
const target = SOFT_ORDERS;

interface Operation {
  readonly name: string;
  /** Prepares the pipeline for the operation. */
  readonly prepare: (store: PipelineStore) => Promise<unknown>;
  readonly run: (store: PipelineStore, destination: Destination) => Promise<unknown>;
  /** It may have prepared the shadow table, which nobody sees and which it prepares again. */
  readonly touchesShadow?: true;
}

const rows = ['a', 'b', 'c', 'd'].map((id) => [id, `loaded ${id}`]);
const published = async (store: PipelineStore) => {
  await loadRows(store, rows, { deadLetters: [deadLetterOf('x')] });
  await store.publish(() => checkpoint('published'));
};
const reloaded = async (store: PipelineStore) => {
  await published(store);
  await store.startGeneration(2, checkpoint('generation 2'));
  await loadRows(store, rows.slice(1), { generation: 2, deadLetters: [deadLetterOf('y')] });
};
const verifying = async (store: PipelineStore) => {
  await reloaded(store);
  await store.startVerify();
};

const line = (store: PipelineStore, file: string) => store.stage(2, lines(), { file, items: 1 });
async function* lines() {
  yield { columns: COLUMNS, changes: [upsert('a', ['line']), bury('d'), remove('e')] };
  yield batch;
}
const healing = async (store: PipelineStore) => {
  await verifying(store);
  await store.publish(() => checkpoint('published'));
  await store.startGeneration(2, checkpoint('generation 2'), 'lines');
  await line(store, 'one');
  await store.apply(
    'changes',
    { columns: COLUMNS, changes: [bury('a'), remove('x')] },
    checkpoint('applied'),
  );
};

const OPERATIONS: readonly Operation[] = [
  { name: 'lease', prepare: published, run: (_, destination) => destination.lease(target) },
  {
    name: 'save',
    prepare: published,
    run: (store) => store.save(checkpoint('saved', { shard: 'at 1', gone: null })),
  },
  { name: 'widen', prepare: verifying, run: (store) => store.widen(wider) },
  {
    name: 'startGeneration',
    prepare: reloaded,
    run: (store) => store.startGeneration(3, checkpoint('generation 3')),
  },
  {
    name: 'load',
    prepare: async () => undefined,
    run: (store) => loadRows(store, rows, { deadLetters: [deadLetterOf('x')], file: 'the file' }),
  },
  {
    name: 'apply to changes',
    prepare: reloaded,
    run: (store) => store.apply('changes', batch, checkpoint('applied', { shard: '1' })),
  },
  {
    name: 'apply to visible',
    prepare: verifying,
    run: (store) => store.apply('visible', batch, checkpoint('applied', { shard: '1' })),
  },
  {
    name: 'the first publish',
    prepare: async (store) => {
      await loadRows(store, rows, { deadLetters: [deadLetterOf('x')] });
      await store.apply('changes', batch, checkpoint('applied'));
    },
    run: (store) => store.publish(() => checkpoint('published', { shard: '1' })),
    touchesShadow: true,
  },
  {
    name: 'a later publish',
    prepare: async (store) => {
      await reloaded(store);
      await store.apply('changes', batch, checkpoint('applied'));
    },
    run: (store) => store.publish(() => checkpoint('published', { shard: '1' })),
    touchesShadow: true,
  },
  {
    name: 'startGeneration of a heal',
    prepare: healing,
    run: (store) => store.startGeneration(3, checkpoint('generation 3'), 'lines'),
  },
  { name: 'stage', prepare: healing, run: (store) => line(store, 'two') },
  { name: 'widen in a heal', prepare: healing, run: (store) => store.widen(wider) },
  {
    name: 'publishHeal',
    prepare: healing,
    run: (store) => store.publishHeal(() => checkpoint('healed', { shard: '1' })),
  },
  { name: 'startVerify', prepare: verifying, run: (store) => store.startVerify() },
  { name: 'endVerify', prepare: verifying, run: (store) => store.endVerify() },
];

/** Those of `npm test`: a load, a batch of changes, and a heal. */
const QUICK: readonly string[] = ['load', 'apply to visible', 'publishHeal'];

export function crashConformance(open: () => Promise<Fixture>): void {
  describe('crashes between any two statements (rule C1)', () => {
    for (const { name, prepare, run, touchesShadow } of OPERATIONS) {
      quickIf(QUICK.includes(name)).it(`${name}: all or nothing`, async () => {
        const options = { withoutShadow: touchesShadow === true };
        const fixture = await open();
        const store = await begin(fixture, target);
        await prepare(store);
        const before = await fixture.dump(options);
        const images = new Map<string, CrashImage>();
        for (let at = 1; ; at++) {
          let statements = 0;
          fixture.onStatement(async () => {
            statements += 1;
            if (statements !== at) return;
            const image = await fixture.crashImage();
            images.set(image.fingerprint, image);
            throw new Crash(`before statement ${at}`);
          });
          const error = await run(store, fixture.destination).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          fixture.onStatement(undefined);
          if (error === undefined) break;
          assert.ok(isCrash(error), String(error));
          assert.equal(await fixture.dump(options), before, error.message);
        }
        assert.ok(images.size > 0);
        const after = await fixture.dump(options);
        for (const [i, image] of [...images.values()].entries()) {
          const found = await image.open();
          assert.equal(await found.dump(options), before);
          if (touchesShadow && i % 4 === 0) {
            const again = await found.destination.lease(target);
            assert.equal(again.epoch, store.epoch + 1);
            await run(again, found.destination);
            assert.deepEqual(sorted(await found.rows(target)), sorted(await fixture.rows(target)));
          }
          await found.cleanup();
        }
        const image = await (await fixture.crashImage()).open();
        assert.equal(await image.dump(options), after);
        await image.cleanup();
      });
    }
  });
}
