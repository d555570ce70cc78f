/** A worker for `pool.spec.ts` that does what its task names. */
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { pictureIfStalled, progress } from './progress';
import { began, serve } from './serve';

export type Behaviour = 'works' | 'hangs' | 'blocks' | 'dies' | 'is slow' | 'hangs with a child';

const forever = () => new Promise<never>(() => setInterval(() => undefined, 1_000));

const BEHAVIOURS: Readonly<Record<Behaviour, () => unknown>> = {
  works: () => 'done',
  hangs() {
    pictureIfStalled(() => 'the last lines of a process');
    return forever();
  },
  blocks() {
    for (;;);
  },
  dies: () => process.exit(3),
  async 'is slow'() {
    for (let step = 0; step < 20; step++) {
      await pause(500);
      progress();
    }
    return 'done';
  },
  'hangs with a child'() {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)'], {
      detached: true,
      stdio: 'ignore',
    });
    console.log(`child ${child.pid}`);
    return forever();
  },
};

serve(async (behaviour: Behaviour) => {
  began(behaviour);
  return BEHAVIOURS[behaviour]();
});
