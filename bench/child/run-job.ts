import { entryOf } from '../contenders/contenders';
import { type Measured, measure } from '../measured';
import { readInput, writeInput } from '../shapes/input';
import type { Job } from './job';

/** Runs a job in this process. */
export async function runJob(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'generate':
      return writeInput(job.folder, job);
    case 'contender':
      return runContender(job);
    case 'streaming':
      return (await import('../streaming/apply.js')).applyChanges(job);
    case 'latency':
      return (await import('../latency/latency.js')).measureLatency(job);
    case 'shards':
      return (await import('../shards/follow-shards.js')).followShards(job);
  }
}

async function runContender(job: Job & { kind: 'contender' }): Promise<Measured> {
  const { load, reads, group } = entryOf(job.contender);
  if (load === 'python') throw new Error(`${job.contender} is a Python program: start it with startPython`);
  const input = readInput(job.inputs, job.shape);
  const files = reads === 'slow' ? input.files.slice(0, 1) : input.files;
  const contender = await load();
  const { folder, postgresUrl } = job;
  const workOn = (some: typeof files) => contender({ input, files: some, folder, postgresUrl });
  // Warm up: in a real export, the time until the decoder is compiled does not matter.
  if (group === 'decode') await (await workOn(files.slice(0, 1))).run();
  const work = await workOn(files);
  const measured = await measure(async () => ({
    items: await work.run(),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
  }));
  const expected = files.reduce((sum, file) => sum + file.items, 0);
  if (measured.items !== expected) {
    throw new Error(`${job.contender} read ${measured.items} items instead of ${expected}`);
  }
  return measured;
}
