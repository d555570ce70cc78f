import { createReadStream, statSync } from 'node:fs';
import type { AwsServices } from '../../runtime/aws/services';
import type { DataFile } from '../../runtime/export/manifest-text';
import { type InputFile, PIECE_BYTES } from '../shapes/input';

/** Local files in place of S3: network and SDK are not measured. */
export function localExport(): AwsServices {
  const services: Partial<AwsServices> = {
    async getObject(_bucket, key, { offset }) {
      return {
        bytes: createReadStream(key, { start: offset, highWaterMark: PIECE_BYTES }),
        etag: undefined,
        totalBytes: statSync(key).size,
      };
    },
  };
  return services as AwsServices;
}

/** These files as a manifest lists them. */
export function dataFiles(files: readonly InputFile[]): readonly DataFile[] {
  return files.map(({ path, items, md5 }) => ({ key: path, items, md5, etag: undefined }));
}
