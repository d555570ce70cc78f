import { startEmulator } from './emulator';
import type { Emulator } from './emulator';

/** The program of the npm package @dynoxide/linux-x64 (MIT or Apache-2.0), where this machine has it. */
export const dynoxideProgram = (): string | undefined => process.env['OUTSIDE_DYNOXIDE'];

export const startDynoxide = (program: string): Promise<Emulator> =>
  startEmulator('dynoxide', program, (port) => ['serve', '--host', '127.0.0.1', '--port', port]);
