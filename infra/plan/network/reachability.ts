import { Endpoints } from '../../arguments/choices';

/** Whether a task in a subnet reaches AWS. Pure. */

export interface Route {
  /** Empty if the route's destination is not an IPv4 range. */
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

/** The argument at fault and the fix; `undefined` if the task reaches AWS. */
export function reachabilityProblem(
  { subnetId, routes }: SubnetRoutes,
  endpoints: Endpoints,
  hasPublicIp = false,
): string | undefined {
  if (endpoints !== Endpoints.None) return undefined;
  const way = routes.find(isDefault);
  if (way === undefined) {
    return (
      `network.endpoints: ${subnetId} has no route to the internet, so the task cannot reach AWS. Set network.endpoints ` +
      `to Create (to CreateMissing if the VPC already has endpoints), or name subnets behind a NAT gateway`
    );
  }
  if (way.gatewayId.startsWith('igw-') && !hasPublicIp) {
    return (
      `network.subnetIds: ${subnetId} is a public subnet, but the task gets no public IP address, so it cannot reach AWS. ` +
      `Name private subnets, behind a NAT gateway or with network.endpoints, or set task.assignPublicIp`
    );
  }
  return undefined;
}
