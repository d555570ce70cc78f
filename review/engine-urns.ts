import * as pulumi from '@pulumi/pulumi';

/** A request to register or read a resource. */
interface Request {
  getParent(): string;
  getType(): string;
  getName(): string;
}

type Answer = (request: Request, callback: unknown) => Promise<void>;

/** Pulumi's mock of its engine. */
interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource: Answer;
  readResource: Answer;
}

/**
 * Lets Pulumi's mocks build URNs as its engine does, with the types of all parents. By default they have the nearest parent only, and
 * `newResource` is not told it.
 * @returns the URN of the resource for which `newResource` was called
 */
export function useEngineUrns(): () => string {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  let current = '';
  const remembering =
    (answer: Answer): Answer =>
    (request, callback) => {
      current = urnOf(request.getParent(), request.getType(), request.getName());
      // Calls `newResource` before it returns.
      return answer(request, callback);
    };
  monitor.newUrn = urnOf;
  monitor.registerResource = remembering(monitor.registerResource.bind(monitor));
  monitor.readResource = remembering(monitor.readResource.bind(monitor));
  return () => current;
}

function urnOf(parent: string, type: string, name: string): string {
  const parents = parent === '' ? '' : `${parent.split('::')[2] ?? ''}$`;
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${parents}${type}::${name}`;
}
