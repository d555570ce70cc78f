/**
 * Assumptions E3 and E4 (docs/SPEC.md): a listing may show a new shard, or that one has closed, this late, and later lack a
 * shard for as long. A listing that begins this long after another's end shows what that one lacked. Rules A1, A2, S3, W1.
 */
export const LISTING_LAG_MS = 60_000;
