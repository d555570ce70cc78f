import { startOrSkip } from './emulators/emulator';
import { moto } from './emulators/moto';
import { startSimulator } from './emulators/simulator';
import { Explanations } from './known-difference';
import { motoObjectDifferences } from './known/moto-objects';
import { check, lookAt, summary } from './look';
import { objectLog } from './objects/object-log';
import { ObjectSubject } from './objects/object-subject';

const SEED = Number(process.env['SEED'] ?? 1);
const RANDOM_OPERATIONS = process.env['LONG'] ? 2000 : 300;
const LONGEST_MS = 300_000;

describe('simulator: an outside look at objects', () => {
  it('moto stores, shows, lists and assembles them alike, but for known differences', async function () {
    this.timeout(LONGEST_MS);
    const other = await startOrSkip(this, moto);
    const simulator = await startSimulator();
    const ours = await ObjectSubject.withBucket(simulator);
    const theirs = await ObjectSubject.withBucket(other);
    try {
      const log = objectLog(SEED, RANDOM_OPERATIONS);
      const explanations = new Explanations(motoObjectDifferences);
      const look = await lookAt(ours, theirs, log, explanations);
      console.log(`      ${summary(moto.name, log.length, look)}`);
      check(look, explanations, SEED);
    } finally {
      ours.close();
      theirs.close();
      await Promise.all([simulator.stop(), other.stop()]);
    }
  });
});
