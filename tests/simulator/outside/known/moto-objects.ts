import type { KnownDifference } from '../known-difference';

/** Differences of S3 in moto 5.2.5. */
export const motoObjectDifferences: readonly KnownDifference[] = [
  {
    name: 'completing an upload that was aborted crashes',
    right: 'the simulator',
    because: 'API reference, CompleteMultipartUpload: NoSuchUpload, which was aborted or completed.',
    explains: ({ at }, { wrong }) => at.startsWith('refusal.') && wrong === 'an upload that was aborted',
  },
  {
    name: 'a key may have any length',
    right: 'the simulator',
    because: 'User guide, "Naming Amazon S3 objects": at most 1,024 bytes long.',
    explains: ({ at, theirs }, { wrong }) =>
      at === 'refusal' && theirs === undefined && wrong === 'a key that is too long',
  },
  {
    name: 'a range in another unit is treated as bytes',
    right: 'the simulator',
    because: 'RFC 9110, "Range": a unit that is not understood is ignored.',
    explains: (_, { input }) => input['Range'] === 'lines=1-2',
  },
  {
    name: 'the last bytes of an empty object are an empty object',
    right: 'nobody knows',
    because:
      'RFC 9110, "Byte Ranges", takes a suffix of any length for satisfiable, but has no Content-Range for it. The ' +
      'simulator answers 416, as S3 does to other ranges of an empty object.',
    explains: ({ at, theirs }, { input }) =>
      at === 'refusal' && theirs === undefined && /^bytes=-[1-9]/.test(String(input['Range'])),
  },
];
