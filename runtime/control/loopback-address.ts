/** How another process of this machine reaches a running replicator: written beside the destination's file, readable by its owner only. */
export interface LoopbackAddress {
  readonly pid: number;
  readonly port: number;
  /** Has to be sent with every request. */
  readonly token: string;
  /** Names of the source tables it replicates. */
  readonly tables: readonly string[];
}

/** Where the address stands for a destination that is a file. */
export function addressFile(destinationFile: string): string {
  return `${destinationFile}.control.json`;
}
