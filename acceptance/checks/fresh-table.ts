import type { Lab, LabTable, TableOptions } from '../check';

/** A table of this process: in a resumed run, what the earlier process left in its own would look like AWS's doing. */
export const freshTable = (lab: Lab, part: string, options?: TableOptions): Promise<LabTable> =>
  lab.table(`${part}${lab.clock.now().toString(36)}`, options);
