/** `npm run test:times`: wall and CPU seconds of each check and spec file of the last run, dearest first. */
import { readTimes, timesTable } from './times';

const times = readTimes();
if (times === undefined) {
  console.error('No run has been timed yet: run npm test or npm run test:full first.');
  process.exit(1);
}
console.log(timesTable(times));
