import type { Outsider } from './emulator';

/** `moto_server` of the Python package moto[server] (Apache-2.0). */
export const moto: Outsider = {
  name: 'moto',
  variable: 'OUTSIDE_MOTO',
  args: (port) => ['-H', '127.0.0.1', '-p', port],
};
