import type { Outsider } from './emulator';

/** The npm package @dynoxide/linux-x64 (MIT or Apache-2.0). */
export const dynoxide: Outsider = {
  name: 'dynoxide',
  variable: 'OUTSIDE_DYNOXIDE',
  args: (port) => ['serve', '--host', '127.0.0.1', '--port', port],
};
