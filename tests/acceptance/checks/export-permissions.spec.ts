import { judgeExportPermissions } from '../../../acceptance/checks/export-permissions';
import { judges, THROTTLED } from './judges';

const DENIED = 'AccessDeniedException';
const REFUSED = 'InvalidExportTimeException';
const judge = (ofItsTable: string | undefined, ofAnother: string | undefined) =>
  judgeExportPermissions({ ofItsTable, ofAnother });

judges('export-permissions', {
  cases: {
    'export permissions': [
      ['the permission first', judge(REFUSED, DENIED), 'holds'],
      ['the times first', judge(REFUSED, REFUSED), /was not denied/],
      ['the table first', judge(REFUSED, 'TableNotFoundException'), /was not denied/],
      ['an export begins', judge(undefined, DENIED), /began/],
      ['its own table is denied', judge(DENIED, DENIED), /may not export its table/],
      ['another error', judge('ValidationException', DENIED), /refused with ValidationException/],
    ],
  },
  ofNothing: {
    judgeExportPermissions: [judge(THROTTLED, DENIED), judge(REFUSED, 'ExpiredTokenException')],
  },
});
