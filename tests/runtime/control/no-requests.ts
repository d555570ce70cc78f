/** Texts that are not requests of this version, and a part of the answer. */
export const NO_REQUESTS: readonly (readonly [text: string, says: RegExp])[] = [
  ['not json', /it is not JSON/],
  ['{"verb":"status"', /it is not JSON/],
  ['null', /it is not a JSON object/],
  ['["status"]', /it is not a JSON object/],
  ['7', /it is not a JSON object/],
  ['{"verb":"frobnicate"}', /its command is none of status, estimate, verify, resync/],
  ['{"verb":"__proto__"}', /its command is none of/],
  ['{"verb":null}', /its command is none of/],
  ['{"verb":"status","table":7}', /its table is not a name/],
  ['{"format":2,"verb":"status"}', /it comes from a newer version/],
  ['{"format":2,"ask":{"for":"status"}}', /it comes from a newer version/],
  ['{"format":"1","verb":"status"}', /its format is unknown/],
];
