import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeContents } from '../../image/contents';
import { IMAGE_LAYOUT } from '../../infra/plan/container';

/** Mount points, as in the image's base. */
const EMPTY = ['proc', 'dev', 'tmp', 'data', 'etc'];

/** Libraries in the base of distroless Node, by the names that programs link to. Source: distroless, `cc-debian12`. */
const IN_BASE =
  /^(ld-linux-(x86-64|aarch64)|libc|libdl|libgcc_s|libm|libpthread|libstdc\+\+|linux-vdso)\.so\.\d+$/;

let made: Promise<string> | undefined;

/**
 * A folder with the files of the image: `/app` as the Dockerfile copies it, built by the same script, and the needed part of its
 * base: Node and the C and C++ libraries. It is made once per test run and removed when the tests have ended.
 */
export function rootfs(): Promise<string> {
  return (made ??= make());
}

async function make(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'replicator-rootfs-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  for (const name of EMPTY) mkdirSync(join(root, name));
  await writeContents(join(root, dirname(IMAGE_LAYOUT.bundle)), process.arch === 'arm64' ? 'arm64' : 'x64');
  copy(process.execPath, join(root, IMAGE_LAYOUT.node));
  for (const library of [process.execPath, ...nativeCode(root)].flatMap(librariesOf)) {
    const target = join(root, library);
    if (!existsSync(target)) copy(library, target);
  }
  writeFileSync(join(root, 'etc', 'passwd'), 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n');
  return root;
}

/** Files with native code among the image's own files. */
export function nativeCode(root: string): string[] {
  const folder = join(root, dirname(IMAGE_LAYOUT.bundle));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(node|so)$/.test(name))
    .map((name) => join(folder, name));
}

/** Paths of this machine's libraries that a program or library links to. */
function librariesOf(file: string): string[] {
  return [...linkedWith(file)].flatMap(([, path]) =>
    path === undefined || path.includes('/app/') ? [] : [path],
  );
}

/** Names of the libraries that a file needs in addition to its own and those of the image's base. */
export function missingInBase(file: string): string[] {
  return [...linkedWith(file)]
    .filter(([name, path]) => !path?.includes('/app/') && !IN_BASE.test(name))
    .map(([name]) => name);
}

/** Library → its path. */
function linkedWith(file: string): Map<string, string | undefined> {
  const lines = execFileSync('ldd', [file], { encoding: 'utf8' }).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [, first = '', found] = /^\s*(\S+)(?: => (\S+))?/.exec(line) ?? [];
      const path = found ?? (first.startsWith('/') ? first : undefined);
      return [first.slice(first.lastIndexOf('/') + 1), path] as const;
    }),
  );
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
