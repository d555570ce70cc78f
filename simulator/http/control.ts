import type { FaultRule } from '../faults';
import type { Backend } from './backend';
import { answer } from './message';
import type { Answer, Request } from './message';

/** Path of the simulator's own commands, next to the services. */
export const CONTROL_PATH = '/_simulator';

const text = (input: Record<string, unknown>, name: string): string => {
  const value = input[name];
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string`);
  return value;
};

type Command = (backend: Backend, input: Record<string, unknown>) => unknown;

/** The commands, each with an example of its JSON body. */
const USAGE = [
  'POST /_simulator/clock {"advanceMs": 60000}',
  'POST /_simulator/faults {"operation": "GetRecords", "rate": 0.1, "answer": {"kind": "error", "type": "InternalServerError", "status": 500}}',
  'DELETE /_simulator/faults',
  'POST /_simulator/rollover {"table": "orders"}',
  'POST /_simulator/split {"table": "orders"}',
  'POST /_simulator/failing-export {"code": "S3AccessDenied"}',
  'POST /_simulator/buckets {"name": "my-exports", "owner": "123456789012"}',
  'POST /_simulator/secrets {"name": "database", "value": "secret"}',
];

const status = (backend: Backend): unknown => ({
  now: backend.clock.now(),
  region: backend.region,
  accountId: backend.accountId,
  buckets: backend.store.listBuckets().map(({ name }) => name),
  faults: backend.faults.active().map(({ id, rule, calls, hits }) => ({ id, rule, calls, hits })),
  commands: USAGE,
});

/** The response of ECS's agent for a task with this role. */
function taskCredentials({ iam }: Backend, role: string): unknown {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = iam.taskCredentials(role);
  return {
    RoleArn: role,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: new Date(expiresAt).toISOString(),
  };
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'POST /clock': ({ clock }, input) => {
    if (!clock.advance) throw new TypeError('This clock cannot be advanced.');
    clock.advance(Number(input['advanceMs']));
    return { now: clock.now() };
  },
  'POST /faults': ({ faults }, input) => {
    text(input, 'operation');
    if (typeof input['answer'] !== 'object')
      throw new TypeError('answer must be an object, such as {"kind": "hang"}');
    return { id: faults.add(input as unknown as FaultRule).id };
  },
  'DELETE /faults': ({ faults }) => {
    faults.clear();
  },
  'POST /rollover': (backend, input) => backend.rollover(text(input, 'table')),
  'POST /split': (backend, input) =>
    backend.split(text(input, 'table'), input['shardId'] === undefined ? undefined : text(input, 'shardId')),
  'POST /failing-export': (backend, input) =>
    backend.failNextExport(
      text(input, 'code'),
      input['message'] === undefined ? undefined : text(input, 'message'),
    ),
  'POST /buckets': ({ store }, input) =>
    store.createBucket(text(input, 'name'), input['owner'] === undefined ? undefined : text(input, 'owner')),
  'POST /secrets': ({ secrets }, input) => secrets.put(text(input, 'name'), text(input, 'value')),
};

/**
 * `GET /_simulator` returns the time, buckets, fault rules and commands. `GET /_simulator/credentials?role=ARN` returns the
 * credentials of a task with that role, so that AWS_CONTAINER_CREDENTIALS_FULL_URI may point there. Executes these commands,
 * each with a JSON body:
 * `POST /clock {advanceMs}`, `POST /faults FaultRule` → `{id}`, `DELETE /faults`, `POST /rollover {table}`,
 * `POST /split {table, shardId?}`, `POST /failing-export {code, message?}`, `POST /buckets {name, owner?}`,
 * `POST /secrets {name, value}` → `{arn, versionId}`, which rotates an existing secret.
 * A command that fails returns 400 and `{message}`.
 */
export function control(backend: Backend, request: Request): Answer {
  const json = (code: number, value: unknown): Answer =>
    answer(code, 'application/json', `${JSON.stringify(value)}\n`);
  try {
    const path = request.path.slice(CONTROL_PATH.length).replace(/\/$/, '');
    if (request.method === 'GET' && path === '') return json(200, status(backend));
    if (request.method === 'GET' && path === '/credentials')
      return json(200, taskCredentials(backend, request.query.get('role') ?? ''));
    const command = COMMANDS[`${request.method} ${path}`];
    if (!command)
      return json(404, {
        message: `Unknown command: ${request.method} ${path}. GET ${CONTROL_PATH} lists the commands.`,
      });
    const input: unknown = request.body.length > 0 ? JSON.parse(request.body.toString()) : {};
    const result = command(backend, input as Record<string, unknown>) ?? {};
    backend.tick();
    return json(200, result);
  } catch (error) {
    return json(400, { message: (error as Error).message });
  }
}
