import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A section of an AWS configuration file: its name as written, and its values. */
export interface Section {
  readonly name: string;
  /** A value below another key, such as the address of a service, has both names: `s3.endpoint_url`. */
  readonly values: ReadonlyMap<string, string>;
}

/** The files that the AWS CLI reads. One that cannot be read has no sections. */
export interface ConfigurationFiles {
  readonly config: readonly Section[];
  readonly credentials: readonly Section[];
}

export function readConfigurationFiles(environment: NodeJS.ProcessEnv): ConfigurationFiles {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = environment;
  const folder = join(homedir(), '.aws');
  return {
    config: sectionsIn(textOf(AWS_CONFIG_FILE || join(folder, 'config'))),
    credentials: sectionsIn(textOf(AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'))),
  };
}

export function sectionsIn(text: string): readonly Section[] {
  const sections: (Section & { readonly values: Map<string, string> })[] = [];
  let above: string | undefined;
  for (const written of text.split('\n')) {
    const line = written.replace(/(^|\s)[#;].*$/, '');
    const name = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (name !== undefined) {
      sections.push({ name, values: new Map() });
      above = undefined;
      continue;
    }
    const [, indent, key, value] = /^(\s*)([^\s=]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const isBelow = indent !== '' && above !== undefined;
    if (!isBelow) above = key;
    sections.at(-1)?.values.set(isBelow ? `${above}.${key}` : key, value);
  }
  return sections;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
