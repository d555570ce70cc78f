import assert from 'node:assert/strict';
import { seed, sized } from '../../seeds';
import { dynoxide } from './emulators/dynoxide';
import { startOrSkip } from './emulators/emulator';
import { moto } from './emulators/moto';
import { startSimulator } from './emulators/simulator';
import { Explanations } from './known-difference';
import { dynoxideDifferences } from './known/dynoxide';
import { motoDifferences } from './known/moto';
import { check, lookAt, summary } from './look';
import { operationLog } from './tables/log/operation-log';
import { TableSubject } from './tables/table-subject';

const SEED = seed();
const RANDOM_OPERATIONS = sized(400);

describe('simulator: tables compared with other emulators', () => {
  const closing: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const others = [
    { outsider: dynoxide, known: dynoxideDifferences },
    { outsider: moto, known: motoDifferences },
  ];
  for (const { outsider, known } of others) {
    it(`${outsider.name} gives the same responses, items and stream records, except for known differences`, async function () {
      const subjects: TableSubject[] = [];
      for (const emulator of [await startOrSkip(this, outsider), await startSimulator()]) {
        closing.push(() => emulator.stop());
        subjects.push(await TableSubject.withTables(emulator));
      }
      const [theirs, ours] = subjects as [TableSubject, TableSubject];
      const log = operationLog(SEED, RANDOM_OPERATIONS);
      const explanations = new Explanations(known);
      const look = await lookAt(ours, theirs, log, explanations);
      console.log(`      ${summary(outsider.name, log.length, look)}`);
      check(look, explanations, SEED);
      assert.ok(ours.recordCount > log.length / 4, 'the log writes');
      for (const subject of subjects) {
        const changed = await subject.changedStreams();
        assert.deepEqual(changed, [], `${subject.name}: a stream read again is the same`);
      }
    });
  }
});
