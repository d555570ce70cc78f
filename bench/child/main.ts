import type { Job } from './job';
import { runJob } from './run-job';

/** A process for one job. The parent starts it with `fork` and sends the job as its first message. */
process.once('message', (job: Job) => {
  runJob(job).then(
    (answer) => process.send?.({ answer }, () => process.exit(0)),
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({ failure: text }, () => process.exit(1));
    },
  );
});
process.once('disconnect', () => process.exit(1));
