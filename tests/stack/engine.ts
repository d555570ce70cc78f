import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** Folder of the repository. */
export const ROOT = join(__dirname, '../..');

/** The account of the emulator. */
export const ACCOUNT = '123456789012';
/** An image that no stack here builds. */
export const IMAGE = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/replicator@sha256:${'0'.repeat(64)}`;

/**
 * Pulumi.artie.yaml, which has all of Pulumi.dev.yaml, as a new user would edit it, with an existing image.
 * @param changes keys without the project's name → values
 */
export function editedStackFile(changes: Readonly<Record<string, unknown>> = {}): string {
  const { config } = parse(readFileSync(join(ROOT, 'Pulumi.artie.yaml'), 'utf8')) as {
    config: Record<string, unknown>;
  };
  return stringify({
    config: {
      ...config,
      'aws:region': 'us-east-1',
      'dynamodb-replicator:image': { uri: IMAGE },
      'dynamodb-replicator:accountId': ACCOUNT,
      ...Object.fromEntries(
        Object.entries(changes).map(([key, value]) => [`dynamodb-replicator:${key}`, value]),
      ),
    },
  });
}

/** A resource in a preview, and the planned operation. */
export interface Step {
  /** Pulumi's name of the operation: `create`, `update`, `replace`, `delete`, `same`, … */
  readonly op: string;
  /** `aws:ecs/service:Service replicator-service`. */
  readonly resource: string;
}

/** A resource in a stack's state. */
interface Stored {
  readonly urn: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Endpoint of all AWS calls. @throws unless it is on this machine, as these tests create and delete resources */
export function awsEndpoint(): string {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  if (endpoint !== undefined && /^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/?$/.test(endpoint))
    return endpoint;
  throw new Error(
    'AWS_ENDPOINT_URL must be a moto or LocalStack on this machine, such as http://127.0.0.1:4566: these tests create and delete resources.',
  );
}

/** The command: `pulumi`, or the path in the variable PULUMI. */
export function pulumiCommand(): string {
  return process.env['PULUMI'] ?? 'pulumi';
}

/** Folder with the state of all stacks of one run. */
export class Backend {
  readonly folder = mkdtempSync(join(tmpdir(), 'replicator-stacks-'));

  /** For `pulumi` with this state, against the emulator. */
  get environment(): Readonly<Record<string, string>> {
    return {
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      AWS_ENDPOINT_URL: awsEndpoint(),
      AWS_REGION: process.env['AWS_REGION'] ?? 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A stack of a project, operated with the command in `PULUMI` (default: `pulumi`). */
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
    for (const [key, value] of Object.entries(secrets)) await this.setSecret(key, value);
  }

  async set(key: string, value: string): Promise<void> {
    await this.run('config', 'set', '--path', key, value, '--stack', this.stack);
  }

  async setSecret(key: string, value: string): Promise<void> {
    await this.run('config', 'set', '--secret', key, value, '--stack', this.stack);
  }

  private async preview(): Promise<readonly Step[]> {
    const text = await this.run('preview', '--json', '--stack', this.stack);
    const { steps } = JSON.parse(text.slice(text.indexOf('{'))) as { steps: { op: string; urn: string }[] };
    return steps.map(({ op, urn }) => ({ op, resource: nameOf(urn) }));
  }

  /** The planned changes, `OP RESOURCE`. A replacement is listed once, without its creation and deletion. */
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

  /**
   * Previews with the policy pack.
   * @param configuration configuration file; without one, the rules' defaults apply
   * @param pack folder of the pack, also relative to the project
   */
  async policies(
    configuration?: string,
    pack = join(ROOT, 'policy'),
  ): Promise<{ readonly passed: boolean; readonly output: string }> {
    const given = configuration === undefined ? [] : ['--policy-pack-config', configuration];
    const args = ['preview', '--policy-pack', pack, ...given, '--stack', this.stack];
    try {
      return { passed: true, output: await this.run(...args) };
    } catch (error) {
      return { passed: false, output: (error as Error).message };
    }
  }

  /** The stack's stored state, with encrypted secrets. */
  state(): Promise<string> {
    return this.run('stack', 'export', '--stack', this.stack);
  }

  /** The stored resources of the types whose names end so. */
  async resources(type: string): Promise<readonly Stored[]> {
    const { deployment } = JSON.parse(await this.state()) as {
      deployment: { resources?: readonly (Stored & { readonly type: string })[] };
    };
    return (deployment.resources ?? []).filter((resource) => resource.type.endsWith(type));
  }

  /** Replaces the stack's state. */
  async replaceState(state: string): Promise<void> {
    const file = join(this.backend.folder, 'state.json');
    writeFileSync(file, state);
    await this.run('stack', 'import', '--file', file, '--stack', this.stack);
  }

  /** Imports resources. @param resources as `pulumi import --file` expects them */
  async adopt(resources: readonly object[]): Promise<void> {
    const file = join(this.backend.folder, 'import.json');
    writeFileSync(file, JSON.stringify({ resources }));
    const flags = ['--yes', '--skip-preview', '--protect=false', '--generate-code=false'];
    await this.run('import', '--file', file, ...flags, '--stack', this.stack);
  }

  async unset(key: string): Promise<void> {
    await this.run('config', 'rm', '--path', key, '--stack', this.stack);
  }

  /** URN of the only resource of a type whose name ends so. */
  async urnOf(type: string): Promise<string> {
    const found = await this.resources(type);
    if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
    return found[0]?.urn as string;
  }

  /** The stack's own program is compiled as for its user, with infra/stack/tsconfig.json; a policy pack and the examples are not. */
  private compiling(args: readonly string[]): NodeJS.ProcessEnv {
    const asForUser = this.project === ROOT && !args.includes('--policy-pack');
    return asForUser ? { PULUMI_NODEJS_TRANSPILE_ONLY: undefined } : {};
  }

  /** @returns standard output @throws with all output if the command fails */
  private run(...args: readonly string[]): Promise<string> {
    const command = pulumiCommand();
    return new Promise((resolve, reject) => {
      const child = spawn(command, [...args, '--non-interactive'], {
        cwd: this.project,
        env: { ...process.env, ...this.backend.environment, ...this.compiling(args) },
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
        else
          reject(new Error(`${command} ${args.join(' ')} failed with exit code ${code}:\n${all.join('')}`));
      });
    });
  }
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` → `TYPE NAME`. */
function nameOf(urn: string): string {
  const [, , types = '', ...name] = urn.split('::');
  return `${types.split('$').at(-1)} ${name.join('::')}`;
}
