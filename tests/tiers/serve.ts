import type { FromWorker, ToWorker } from './messages';
import { stalledPictures } from './progress';

const send = (message: FromWorker) => process.send?.(message);

/** Makes this process a worker of a `Pool`, which runs one task after the other until its parent ends it. */
export function serve<Task, Result>(work: (task: Task) => Promise<Result>): void {
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'stalled') send({ kind: 'picture', text: stalledPictures() });
    else
      void work(message.task as Task).then(
        (result) => send({ kind: 'done', result }),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
  });
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole process group. The parent ends its workers.
  process.on('SIGINT', () => undefined);
  send({ kind: 'ready' });
}

/** Names what runs now, for the report if it stalls or ends the process. */
export function began(what: string): void {
  send({ kind: 'began', what });
}
