import { leaves } from '../../runtime/config';

/** `settings.verify.every` in ms. `undefined` without a schedule, or if it is not readable, which validation reports. */
export function verifyIntervalMs(every: string | undefined): number | undefined {
  const leaf = leaves.find(({ name }) => name === 'verify.every');
  const read = leaf?.schema.safeParse(every);
  return read?.success ? (read.data as number | undefined) : undefined;
}
