import { Endpoints } from '../../arguments/choices';

/** Whether a task in a subnet gets to AWS. Pure. */

export interface Route {
  /** Empty for other kinds of destinations. */
  readonly cidrBlock: string;
  readonly gatewayId: string;
}

export interface SubnetRoutes {
  readonly subnetId: string;
  readonly routes: readonly Route[];
}

export function hasDefaultRoute(routes: readonly Route[]): boolean {
  return routes.some(isDefault);
}

function isDefault({ cidrBlock }: Route): boolean {
  return cidrBlock === '0.0.0.0/0';
}

/** The argument it is about, and what to do; `undefined` when the task gets there. */
export function reachabilityProblem(
  { subnetId, routes }: SubnetRoutes,
  endpoints: Endpoints,
): string | undefined {
  if (endpoints !== Endpoints.None) return undefined;
  const way = routes.find(isDefault);
  if (way === undefined) {
    return (
      `network.endpoints: ${subnetId} has no route to the internet, so the task would not reach AWS. Set network.endpoints ` +
      `to Create (to Existing where the VPC has endpoints already), or name subnets behind a NAT gateway`
    );
  }
  if (way.gatewayId.startsWith('igw-')) {
    return (
      `network.subnetIds: ${subnetId} is a public subnet, and the task gets no public address, so it would not reach AWS. ` +
      `Name private subnets, behind a NAT gateway or with network.endpoints`
    );
  }
  return undefined;
}
