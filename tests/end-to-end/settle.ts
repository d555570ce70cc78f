import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from './command';
import type { SourceTable } from './source';

/** Waits until the running process has applied all writes to these tables so far. */
export async function caughtUp(command: Command, tables: readonly SourceTable[]): Promise<void> {
  for (const table of tables) {
    const end = table.stopWriting();
    await command.line(`a watermark of ${table.name} past the last write`, ({ pipeline, watermark }) => {
      return (pipeline?.endsWith(`/${table.name}`) ?? false) && Date.parse(watermark ?? '') > end + 1_000;
    });
  }
}

/** Follows until the application has stopped writing and everything is applied, then stops cleanly. */
export async function settle(command: Command, tables: readonly SourceTable[]): Promise<void> {
  for (const { name } of tables) await command.phase('stream', name);
  // The application continues to write for a while.
  await pause(300);
  await caughtUp(command, tables);
  command.send('SIGTERM');
  assert.equal((await command.end()).code, 0, command.picture());
}
