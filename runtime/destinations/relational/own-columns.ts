/** Columns that every destination with tables has beside those of the items. */
export const OWN_COLUMNS = {
  sourceTime: '__source_time',
  deleted: '__deleted',
  key: '__key',
  action: '__action',
  known: '__known',
} as const;
