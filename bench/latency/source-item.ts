export const SOURCE_TABLE = 'orders';
export const BUCKET = 'exports';
/** Attribute with the time of the write: epoch ms of this machine, with three decimals. */
export const WRITTEN_AT = 'writtenAt';

/** Epoch ms, comparable between processes of this machine. */
export function machineTime(): number {
  return performance.timeOrigin + performance.now();
}
