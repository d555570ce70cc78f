import { parseArgs } from 'node:util';
import { writeContents } from './contents';
import type { Architecture } from './native';

/** `npm run bundle -- --out FOLDER [--arch amd64|arm64]`: writes the image's /app, by default for this machine's architecture. */

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  amd64: 'x64',
  x64: 'x64',
  arm64: 'arm64',
};

const { out, arch } = parseArgs({
  options: { out: { type: 'string', default: 'build/app' }, arch: { type: 'string', default: '' } },
}).values;
const architecture = ARCHITECTURES[arch === '' ? process.arch : arch];
if (architecture === undefined) throw new Error(`--arch must be amd64 or arm64, not ${arch}`);

void writeContents(out, architecture).then((metafile) => {
  const [file] = Object.values(metafile.outputs);
  console.log(`${out}: ${Math.round((file?.bytes ?? 0) / 1000)} kB, for ${architecture}`);
});
