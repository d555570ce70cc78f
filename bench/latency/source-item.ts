export const SOURCE_TABLE = 'orders';
export const BUCKET = 'exports';
/** The attribute that says when it was written: epoch ms of this machine, with three digits after the point. */
export const WRITTEN_AT = 'writtenAt';

/** Epoch ms, the same in all processes of this machine. */
export function machineTime(): number {
  return performance.timeOrigin + performance.now();
}
