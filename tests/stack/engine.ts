import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Repository's folder. */
export const ROOT = join(__dirname, '../..');

/** One resource of a preview and what would be done with it. */
export interface Step {
  /** `create`, `update`, `replace`, `delete`, `same`, … as Pulumi names them. */
  readonly op: string;
  /** `aws:ecs/service:Service replicator-service`. */
  readonly resource: string;
}

/** Where all AWS calls go. @throws unless it is on this machine: these tests create and delete */
export function awsEndpoint(): string {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  if (endpoint !== undefined && /^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/?$/.test(endpoint))
    return endpoint;
  throw new Error(
    'AWS_ENDPOINT_URL has to name a moto or LocalStack on this machine, such as http://127.0.0.1:4566: these tests create and delete.',
  );
}

/** State of all stacks of one run, and its end. */
export class Backend {
  readonly folder = mkdtempSync(join(tmpdir(), 'replicator-stacks-'));

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One stack of a project, by the command that `PULUMI` names: `pulumi` unless another stands there. */
export class Engine {
  constructor(
    private readonly backend: Backend,
    /** Folder with the Pulumi.yaml. */
    private readonly project: string,
    readonly stack: string,
  ) {}

  async init(
    config: Readonly<Record<string, string>>,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.run('stack', 'init', this.stack);
    for (const [key, value] of Object.entries(config)) await this.set(key, value);
    for (const [key, value] of Object.entries(secrets))
      await this.run('config', 'set', '--secret', key, value, '--stack', this.stack);
  }

  async set(key: string, value: string): Promise<void> {
    await this.run('config', 'set', '--path', key, value, '--stack', this.stack);
  }

  private async preview(): Promise<readonly Step[]> {
    const text = await this.run('preview', '--json', '--stack', this.stack);
    const { steps } = JSON.parse(text.slice(text.indexOf('{'))) as { steps: { op: string; urn: string }[] };
    return steps.map(({ op, urn }) => ({ op, resource: nameOf(urn) }));
  }

  /** What would be done, `OP RESOURCE`; a replacement is one, not also the creation and the deletion that it consists of. */
  async changes(): Promise<readonly string[]> {
    return (await this.preview())
      .filter(({ op }) => !['same', 'read', 'create-replacement', 'delete-replaced'].includes(op))
      .map(({ op, resource }) => `${op} ${resource}`)
      .sort();
  }

  async up(...flags: readonly string[]): Promise<void> {
    await this.run('up', '--yes', '--skip-preview', ...flags, '--stack', this.stack);
  }

  async refresh(...flags: readonly string[]): Promise<void> {
    await this.run('refresh', '--yes', '--skip-preview', ...flags, '--stack', this.stack);
  }

  async destroy(): Promise<void> {
    await this.run('destroy', '--yes', '--skip-preview', '--stack', this.stack);
  }

  async outputs(): Promise<Readonly<Record<string, string>>> {
    return JSON.parse(
      await this.run('stack', 'output', '--json', '--show-secrets', '--stack', this.stack),
    ) as Record<string, string>;
  }

  /** A preview with the policy pack. @param configuration file of policy/config, or another; none: the rules' defaults */
  async policies(configuration?: string): Promise<{ readonly passed: boolean; readonly told: string }> {
    const given = configuration === undefined ? [] : ['--policy-pack-config', configuration];
    const args = ['preview', '--policy-pack', join(ROOT, 'policy'), ...given, '--stack', this.stack];
    try {
      return { passed: true, told: await this.run(...args) };
    } catch (error) {
      return { passed: false, told: (error as Error).message };
    }
  }

  /** The stack's state as it is kept, secrets encrypted. */
  state(): Promise<string> {
    return this.run('stack', 'export', '--stack', this.stack);
  }

  /** Standard output. @throws with all output when the command fails */
  private run(...args: readonly string[]): Promise<string> {
    const [command, ...first] = (process.env['PULUMI'] ?? 'pulumi').split(' ') as [string, ...string[]];
    return new Promise((resolve, reject) => {
      const child = spawn(command, [...first, ...args, '--non-interactive'], {
        cwd: this.project,
        env: {
          ...process.env,
          PULUMI_BACKEND_URL: `file://${this.backend.folder}`,
          PULUMI_CONFIG_PASSPHRASE: 'test',
          PULUMI_SKIP_UPDATE_CHECK: 'true',
          AWS_ENDPOINT_URL: awsEndpoint(),
          AWS_REGION: process.env['AWS_REGION'] ?? 'us-east-1',
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
        },
      });
      const out: string[] = [];
      const all: string[] = [];
      child.stdout.on('data', (text) => {
        out.push(String(text));
        all.push(String(text));
      });
      child.stderr.on('data', (text) => all.push(String(text)));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(out.join(''));
        else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${all.join('')}`));
      });
    });
  }
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` → `TYPE NAME`. */
function nameOf(urn: string): string {
  const [, , types = '', ...name] = urn.split('::');
  return `${types.split('$').at(-1)} ${name.join('::')}`;
}
