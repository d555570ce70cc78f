import assert from 'node:assert/strict';
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

const SEED = Number(process.env['SEED'] ?? 1);
const RANDOM_OPERATIONS = process.env['LONG'] ? 1500 : 400;
const LONGEST_MS = 300_000;

describe('simulator: an outside look at tables', () => {
  const others = [
    { outsider: dynoxide, known: dynoxideDifferences },
    { outsider: moto, known: motoDifferences },
  ];
  for (const { outsider, known } of others) {
    it(`${outsider.name} gives the same answers, items and stream records, but for known differences`, async function () {
      this.timeout(LONGEST_MS);
      const other = await startOrSkip(this, outsider);
      const simulator = await startSimulator();
      try {
        const ours = await TableSubject.withTables(simulator);
        const theirs = await TableSubject.withTables(other);
        const log = operationLog(SEED, RANDOM_OPERATIONS);
        const explanations = new Explanations(known);
        const look = await lookAt(ours, theirs, log, explanations);
        console.log(`      ${summary(outsider.name, log.length, look)}`);
        check(look, explanations, SEED);
        assert.ok(ours.recordCount > log.length / 4, 'the log writes');
        for (const subject of [ours, theirs]) {
          assert.deepEqual(
            await subject.changedStreams(),
            [],
            `${subject.name}: a stream read again is the same`,
          );
        }
      } finally {
        await Promise.all([simulator.stop(), other.stop()]);
      }
    });
  }
});
