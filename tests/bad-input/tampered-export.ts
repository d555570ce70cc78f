import { createHash } from 'node:crypto';
import type { Simulator } from '../../simulator';

/** A line of `manifest-files.json`. */
export interface ManifestLine {
  itemCount: number;
  md5Checksum: string;
  readonly dataFileS3Key: string;
}

/** Changes the list of files in new exports. The checksum of the list itself is correct. */
export function tamperWithManifest(simulator: Simulator, change: (lines: ManifestLine[]) => void): void {
  const { store } = simulator;
  const put = store.putObject.bind(store);
  let manifest: Buffer | undefined;
  store.putObject = (bucket, key, body, options) => {
    if (key.endsWith('/manifest-files.json')) {
      const lines = body.toString().trimEnd().split('\n');
      const files = lines.map((line) => JSON.parse(line) as ManifestLine);
      change(files);
      manifest = Buffer.from(files.map((file) => `${JSON.stringify(file)}\n`).join(''));
      return put(bucket, key, manifest, options);
    }
    if (key.endsWith('/manifest-files.md5') && manifest) {
      return put(bucket, key, Buffer.from(createHash('md5').update(manifest).digest('base64')), options);
    }
    return put(bucket, key, body, options);
  };
}
