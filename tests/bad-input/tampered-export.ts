import { createHash } from 'node:crypto';
import type { Simulator } from '../../simulator';

/** A line of `manifest-files.json`. */
export interface ManifestLine {
  itemCount: number;
  md5Checksum: string;
  readonly dataFileS3Key: string;
}

/** Lets exports be written with another list of files than is true; the checksum of the list itself is right. */
export function tamperWithManifest(simulator: Simulator, change: (lines: ManifestLine[]) => void): void {
  tamper(simulator, 'manifest-files', (text) => {
    const files = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ManifestLine);
    change(files);
    return files.map((file) => `${JSON.stringify(file)}\n`).join('');
  });
}

/** Lets exports be written with another summary than is true; its own checksum is right. */
export function tamperWithSummary(
  simulator: Simulator,
  change: (summary: Record<string, unknown>) => void,
): void {
  tamper(simulator, 'manifest-summary', (text) => {
    const summary = JSON.parse(text) as Record<string, unknown>;
    change(summary);
    return JSON.stringify(summary);
  });
}

function tamper(
  { store }: Simulator,
  name: 'manifest-files' | 'manifest-summary',
  change: (text: string) => string,
): void {
  const put = store.putObject.bind(store);
  let tampered: string | undefined;
  store.putObject = (bucket, key, body, options) => {
    if (key.endsWith(`/${name}.json`)) {
      tampered = change(body.toString());
      return put(bucket, key, Buffer.from(tampered), options);
    }
    if (key.endsWith(`/${name}.md5`) && tampered !== undefined) {
      const md5 = createHash('md5').update(tampered).digest('base64');
      return put(bucket, key, Buffer.from(md5), options);
    }
    return put(bucket, key, body, options);
  };
}
