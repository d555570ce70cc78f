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

/** `undefined` for what no replicator of this version wrote: it is as good as none. */
export function readAddress(text: string): LoopbackAddress | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { pid, port, token, tables } = (parsed ?? {}) as Partial<Record<keyof LoopbackAddress, unknown>>;
  const isOne =
    Number.isInteger(pid) &&
    Number.isInteger(port) &&
    typeof token === 'string' &&
    Array.isArray(tables) &&
    tables.every((table) => typeof table === 'string');
  return isOne ? (parsed as LoopbackAddress) : undefined;
}
