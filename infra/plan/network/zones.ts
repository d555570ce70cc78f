/** Which of a network's subnets an interface endpoint is in. Pure. */

export interface SubnetInZone {
  readonly id: string;
  /** Availability zone. */
  readonly zone: string;
}

/** The first subnet of each zone: AWS refuses two of one zone (DuplicateSubnetsInSameZone). A task reaches endpoints in other subnets too. */
export function onePerZone(subnets: readonly SubnetInZone[]): readonly string[] {
  return subnets
    .filter(({ zone }, index) => subnets.findIndex((other) => other.zone === zone) === index)
    .map(({ id }) => id);
}
