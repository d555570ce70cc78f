import { awsCommand, type CliFlags } from '../../../runtime/aws/cli-command';
import { Endpoints } from '../../arguments/choices';
import { type EndpointService, serviceName, STREAMS_ENDPOINT } from './endpoint-services';

/** Which VPC endpoints to create, which existing ones to use, and what AWS would refuse. Pure. */

/** A VPC endpoint that exists. */
export interface FoundEndpoint {
  readonly id: string;
  /** Key of its service. */
  readonly key: string;
  readonly kind: EndpointService['kind'];
  /** Whether AWS's own host name resolves to it inside the VPC. Without that, only its own host name leads to it. */
  readonly privateDns: boolean;
  /** Route tables of a gateway. */
  readonly routeTableIds: readonly string[];
  /** Host name of an interface; `undefined` for a moment after its creation. */
  readonly dnsName: string | undefined;
  /** Who created it: the component that asks, which deletes it unless it declares it again, another replicator, or somebody else. */
  readonly owner: 'own' | 'replicator' | 'unknown';
}

/** An endpoint to create. */
export interface NewEndpoint {
  readonly service: EndpointService;
  /** Route tables of a gateway. */
  readonly routeTableIds: readonly string[];
}

/** The tag that makes a resource a component's own. */
export interface OwnTag {
  readonly key: string;
  readonly value: string;
}

/** What is known before anything is created. */
export interface EndpointFacts {
  readonly mode: Exclude<Endpoints, Endpoints.None>;
  readonly services: readonly EndpointService[];
  /** Route tables of the task's subnets. */
  readonly routeTableIds: readonly string[];
  readonly found: readonly FoundEndpoint[];
  readonly ownTag: OwnTag;
  /** For commands in problems. */
  readonly cli: CliFlags;
}

export interface EndpointPlan {
  readonly create: readonly NewEndpoint[];
  /** The existing endpoint of DynamoDB Streams; `undefined` if it is created. */
  readonly streams: FoundEndpoint | undefined;
  /** What is wrong, and the fix; `undefined` if nothing is. */
  readonly problem: string | undefined;
}

/** What to create, and what to use. */
export function planEndpoints(facts: EndpointFacts): EndpointPlan {
  const { mode, services, routeTableIds } = facts;
  if (mode === Endpoints.Create) {
    const create = services.map((service) => ({ service, routeTableIds }));
    return { create, streams: undefined, problem: conflictProblem(facts) };
  }
  const streams = othersOf(STREAMS_ENDPOINT, facts).find(({ kind }) => kind === 'Interface');
  const missing = services.flatMap((service) => {
    const unserved = routeTablesWithout(service, facts);
    return unserved === undefined ? [] : [{ service, routeTableIds: unserved }];
  });
  if (mode === Endpoints.CreateMissing) return { create: missing, streams, problem: undefined };
  return { create: [], streams, problem: missingProblem(missing, facts) };
}

/** Endpoints of a service that stay whatever the component declares. */
function othersOf(key: string, { found }: EndpointFacts): readonly FoundEndpoint[] {
  return found.filter((one) => one.key === key && one.owner !== 'own');
}

/** The route tables that a service is missing on, for an interface an empty list; `undefined` if existing endpoints serve the task. */
function routeTablesWithout(service: EndpointService, facts: EndpointFacts): readonly string[] | undefined {
  const existing = othersOf(service.key, facts);
  // The replicator calls Streams at its endpoint's own host name, and all other services at AWS's.
  const serves = ({ kind, privateDns }: FoundEndpoint) =>
    kind === 'Interface' && (privateDns || service.key === STREAMS_ENDPOINT);
  if (existing.some(serves)) return undefined;
  if (service.kind === 'Interface') return [];
  const served = existing.flatMap((one) => one.routeTableIds);
  const missing = facts.routeTableIds.filter((id) => !served.includes(id));
  return missing.length === 0 ? undefined : missing;
}

/**
 * Existing endpoints because of which AWS refuses a new one. Source: AWS PrivateLink Guide, "Gateway endpoints", considerations,
 * and "Access an AWS service using an interface VPC endpoint", private DNS.
 */
function conflictProblem(facts: EndpointFacts): string | undefined {
  const conflicts = facts.services.flatMap((service) =>
    othersOf(service.key, facts).flatMap((one) => {
      const words = conflictWith(one, service, facts);
      return words === undefined ? [] : [{ one, words }];
    }),
  );
  if (conflicts.length === 0) return undefined;
  return (
    `network.endpoints is Create, but the VPC already has ${conflicts.map(({ words }) => words).join('; ')}. AWS allows one ` +
    `gateway of a service on a route table, and one interface with private DNS for a service in a VPC. To use these and create ` +
    `only the others, set network.endpoints to CreateMissing${ownedHint(
      conflicts.map(({ one }) => one.id),
      facts,
    )}`
  );
}

function conflictWith(
  { id, key, kind, privateDns, routeTableIds }: FoundEndpoint,
  service: EndpointService,
  facts: EndpointFacts,
): string | undefined {
  const name = nameIn(facts, key);
  const shared = routeTableIds.filter((table) => facts.routeTableIds.includes(table));
  if (kind === 'Gateway' && service.kind === 'Gateway' && shared.length > 0)
    return `a gateway ${name} (${id}) on ${shared.join(', ')}`;
  if (kind === 'Interface' && privateDns && service.privateDns)
    return `an interface ${name} with private DNS (${id})`;
  return undefined;
}

/** Version 0.1.0 tagged its endpoints only in the repository's own stack, and the tag has the names of project, stack and component. */
function ownedHint(ids: readonly string[], { cli, ownTag }: EndpointFacts): string {
  const tag = awsCommand(
    cli,
    `ec2 create-tags --resources ${ids.join(' ')} --tags Key=${ownTag.key},Value=${ownTag.value}`,
  );
  return `; but if this replicator created them, with version 0.1.0 or under another name, mark them as its own: ${tag}`;
}

function missingProblem(missing: readonly NewEndpoint[], facts: EndpointFacts): string | undefined {
  if (missing.length === 0) return undefined;
  const isAbsent = ({ service }: NewEndpoint) => !facts.found.some(({ key }) => key === service.key);
  const absent = missing.filter(isAbsent).map(({ service }) => nameIn(facts, service.key));
  const reasons = [
    ...(absent.length === 0 ? [] : [`the VPC has no endpoint ${absent.join(', ')}`]),
    ...missing.filter((one) => !isAbsent(one)).map((one) => whyUnusable(one, facts)),
  ];
  return (
    `network.endpoints is Existing, but ${reasons.join('; ')}. To create what is missing, set network.endpoints to ` +
    `CreateMissing`
  );
}

/** Why the existing endpoints of a service do not serve the task, with the command that changes it if there is one. */
function whyUnusable({ service, routeTableIds }: NewEndpoint, facts: EndpointFacts): string {
  const name = nameIn(facts, service.key);
  const others = othersOf(service.key, facts);
  const gateway = others.find(({ kind }) => kind === 'Gateway');
  if (gateway !== undefined) {
    const add = modify(gateway, `--add-route-table-ids ${routeTableIds.join(' ')}`, facts);
    return `the gateway ${name} (${gateway.id}) is not in the subnets’ route tables ${routeTableIds.join(', ')} (${add})`;
  }
  const [nameless] = others;
  if (nameless !== undefined) {
    const turnOn = modify(nameless, '--private-dns-enabled', facts);
    return `the interface ${name} (${nameless.id}) has no private DNS, so AWS’s host name does not lead to it (${turnOn})`;
  }
  const own = facts.found.find(({ key }) => key === service.key) as FoundEndpoint;
  return `the only endpoint ${name} (${own.id}) is this replicator’s own, which Existing deletes`;
}

function nameIn({ cli }: EndpointFacts, key: string): string {
  return serviceName(cli.region, key);
}

function modify({ id }: FoundEndpoint, flags: string, { cli }: EndpointFacts): string {
  return awsCommand(cli, `ec2 modify-vpc-endpoint --vpc-endpoint-id ${id} ${flags}`);
}
