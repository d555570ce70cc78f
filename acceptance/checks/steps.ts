import type { Lab, Remembered } from '../check';

/** Does something once in a run, also if the run is interrupted and resumed: afterwards its result is remembered. */
export async function once<Result extends Remembered>(
  lab: Lab,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const earlier = await lab.recall(name);
  if (earlier !== undefined) return earlier as Result;
  const result = await work();
  await lab.remember(name, result);
  return result;
}
