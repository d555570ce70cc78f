import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { reportsByItsCpuTime } from '../computing-child';

const pulumi = createRequire(require.resolve('@pulumi/pulumi'));

/** A generated class of Pulumi's protocol. */
type Client = new (address: string, credentials: unknown, options: object) => Methods;

interface Methods {
  close(): void;
  readonly [method: string]: (
    request: unknown,
    answer: (error: Error | null, response: Response) => void,
  ) => void;
}

interface Response {
  /** The schema of a package. */
  getSchema(): string;
  /** The policies of a pack. */
  getPoliciesList(): readonly { getName(): string }[];
}

interface Question {
  /** Pulumi's own runner for that kind of plugin. */
  readonly runner: 'run-plugin' | 'run-policy-pack';
  readonly args: readonly string[];
  readonly folder: string;
  /** The service that the plugin offers, as Pulumi's protocol names it. */
  readonly service: 'provider' | 'analyzer';
  readonly method: 'getSchema' | 'getAnalyzerInfo';
  readonly request: unknown;
}

const CLIENTS = { provider: 'ResourceProviderClient', analyzer: 'AnalyzerClient' };
/** An engine's address, at which nobody answers. */
const ENGINE = '127.0.0.1:1';

/** The schema that a package's plugin returns. @param program the package's folder, whose package.json names the compiled file */
export async function schemaOfPlugin(program: string): Promise<object> {
  const { GetSchemaRequest } = pulumi('./proto/provider_pb') as { GetSchemaRequest: new () => unknown };
  const answer = await ask({
    runner: 'run-plugin',
    args: [program, ENGINE],
    // Any folder of the package's user.
    folder: tmpdir(),
    service: 'provider',
    method: 'getSchema',
    request: new GetSchemaRequest(),
  });
  return JSON.parse(answer.getSchema()) as object;
}

/** Names of the policies that a pack returns. */
export async function policiesOfPack(folder: string): Promise<readonly string[]> {
  const { Empty } = pulumi('google-protobuf/google/protobuf/empty_pb') as { Empty: new () => unknown };
  const answer = await ask({
    runner: 'run-policy-pack',
    args: [ENGINE, '.'],
    folder,
    service: 'analyzer',
    method: 'getAnalyzerInfo',
    request: new Empty(),
  });
  return answer.getPoliciesList().map((policy) => policy.getName());
}

/** Starts a plugin with Pulumi's own runner, and asks it over Pulumi's protocol, as the CLI does. */
async function ask({ runner, args, folder, service, method, request }: Question): Promise<Response> {
  const clients = pulumi(`./proto/${service}_grpc_pb`) as Readonly<Record<string, Client>>;
  const grpc = pulumi('@grpc/grpc-js') as { credentials: { createInsecure(): unknown } };
  const host = spawn(process.execPath, [pulumi.resolve(`./cmd/${runner}`), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  reportsByItsCpuTime(host);
  try {
    const port = await firstLine(host);
    const Service = clients[CLIENTS[service]] as Client;
    const client = new Service(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
    });
    const response = await new Promise<Response>((resolve, reject) => {
      client[method]?.(request, (error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });
    client.close();
    return response;
  } finally {
    host.kill();
  }
}

/** The plugin's port, which it prints once it is up. @throws with the plugin's output if it ends before */
function firstLine(host: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    let failed = '';
    host.stdout?.on('data', (text) => {
      printed += String(text);
      if (printed.includes('\n')) resolve(printed.slice(0, printed.indexOf('\n')));
    });
    host.stderr?.on('data', (text) => {
      failed += String(text);
    });
    host.once('error', reject);
    host.once('exit', (code) => {
      reject(new Error(`the plugin ended with ${code}: ${printed}${failed}`));
    });
  });
}
