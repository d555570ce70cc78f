import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import type * as proto from '@pulumi/pulumi/proto/provider_pb';
import { reportsByItsCpuTime } from '../computing-child';

const pulumi = createRequire(require.resolve('@pulumi/pulumi'));

interface SchemaClient {
  getSchema(
    request: proto.GetSchemaRequest,
    answer: (error: Error | null, response: proto.GetSchemaResponse) => void,
  ): void;
  close(): void;
}

/**
 * The schema that the package's plugin returns. Pulumi's own runner hosts the plugin, and the test asks over Pulumi's protocol, as the CLI does.
 * @param program the package's folder, whose package.json names the compiled file
 */
export async function schemaOfPlugin(program: string): Promise<object> {
  const { GetSchemaRequest } = pulumi('./proto/provider_pb') as typeof proto;
  const { ResourceProviderClient } = pulumi('./proto/provider_grpc_pb') as {
    ResourceProviderClient: new (address: string, credentials: unknown, options: object) => SchemaClient;
  };
  const grpc = pulumi('@grpc/grpc-js') as { credentials: { createInsecure(): unknown } };
  const host = spawn(process.execPath, [pulumi.resolve('./cmd/run-plugin'), program, '127.0.0.1:1'], {
    // Any folder of the package's user.
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  reportsByItsCpuTime(host);
  try {
    const port = await firstLine(host);
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
    });
    const schema = await new Promise<string>((resolve, reject) => {
      client.getSchema(new GetSchemaRequest(), (error, response) => {
        if (error) reject(error);
        else resolve(response.getSchema());
      });
    });
    client.close();
    return JSON.parse(schema) as object;
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
