/** `npm run test:times`: wall-clock and CPU seconds of each check and spec file of the last run, most expensive first. */
import { readTimes, timesTable } from './times';

const times = readTimes();
if (times === undefined) {
  console.error('No times recorded. Run npm test or npm run test:full first.');
  process.exit(1);
}
console.log(timesTable(times));
