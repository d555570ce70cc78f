import { seed, sized } from '../../seeds';
import { startOrSkip } from './emulators/emulator';
import { moto } from './emulators/moto';
import { startSimulator } from './emulators/simulator';
import { Explanations } from './known-difference';
import { motoObjectDifferences } from './known/moto-objects';
import { check, lookAt, summary } from './look';
import { objectLog } from './objects/object-log';
import { ObjectSubject } from './objects/object-subject';

const SEED = seed();
const RANDOM_OPERATIONS = sized(300);

describe('simulator: objects compared with other emulators', () => {
  const closing: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('moto stores, shows, lists and assembles them the same way, except for known differences', async function () {
    const subjects: ObjectSubject[] = [];
    for (const emulator of [await startOrSkip(this, moto), await startSimulator()]) {
      closing.push(() => emulator.stop());
      const subject = await ObjectSubject.withBucket(emulator);
      closing.push(() => subject.close());
      subjects.push(subject);
    }
    const [theirs, ours] = subjects as [ObjectSubject, ObjectSubject];
    const log = objectLog(SEED, RANDOM_OPERATIONS);
    const explanations = new Explanations(motoObjectDifferences);
    const look = await lookAt(ours, theirs, log, explanations);
    console.log(`      ${summary(moto.name, log.length, look)}`);
    check(look, explanations, SEED);
  });
});
