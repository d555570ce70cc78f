/**
 * Assumptions E3 and E4 (docs/SPEC.md): a listing may show a shard, or that it has closed, this much late, and later lack a
 * shard for as long. What one listing lacks is shown by another that begins so long after its end. Rules A1, A2, S3, W1.
 */
export const LISTING_LAG_MS = 60_000;
