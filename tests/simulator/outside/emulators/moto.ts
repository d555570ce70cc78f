import { startEmulator } from './emulator';
import type { Emulator } from './emulator';

/** The program `moto_server` of the Python package moto[server] (Apache-2.0), where this machine has it. */
export const motoProgram = (): string | undefined => process.env['OUTSIDE_MOTO'];

export const startMoto = (program: string): Promise<Emulator> =>
  startEmulator('moto', program, (port) => ['-H', '127.0.0.1', '-p', port]);
