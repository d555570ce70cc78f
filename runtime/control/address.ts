/** How another process reaches a running replicator: written beside the destination's file, readable by its owner only. */
export interface ControlAddress {
  readonly pid: number;
  readonly port: number;
  /** Has to be sent with every request. */
  readonly token: string;
}

/** Where the address stands for a destination that is a file. */
export function addressFile(destinationFile: string): string {
  return `${destinationFile}.control.json`;
}

/** What a running replicator can be asked. */
export type ControlVerb = 'status' | 'estimate' | 'verify' | 'resync';

/** One line of an answer: progress as often as there is any, then one result or error. */
export type AnswerLine =
  | { readonly progress: string }
  | { readonly result: unknown }
  | {
      readonly error: { readonly name: string; readonly kind: string | undefined; readonly message: string };
    };
