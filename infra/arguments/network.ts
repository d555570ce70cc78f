import type * as pulumi from '@pulumi/pulumi';
import type { Endpoints } from './choices';

/** Where the task runs: in subnets given by id, or in those of a VPC found by its name. It gets a public IP address only with `task.assignPublicIp`. */
export interface NetworkArgs {
  /**
   * Id of the VPC.
   * @default none: the VPC is found by `vpcName`
   * @example 'vpc-0a1b2c3d'
   */
  vpcId?: pulumi.Input<string>;
  /**
   * Ids of private subnets of the VPC, with a route to a NAT gateway or with VPC endpoints.
   * @default (required with `vpcId`)
   * @example ['subnet-0a1b2c3d', 'subnet-4e5f6a7b']
   */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Value of the VPC's tag `Name`.
   * @default none
   * @example 'main'
   */
  vpcName?: string;
  /**
   * Pattern for the tag `Name` of the named VPC's subnets; `*` matches any characters.
   * @default '*private*'
   * @example 'main-app-*'
   */
  subnetName?: string;
  /**
   * VPC endpoints, for subnets without a route to the internet.
   * @default Endpoints.None
   * @example Endpoints.Create
   */
  endpoints?: Endpoints;
  /**
   * Id of the destination's security group. The task may connect to it on the destination's port.
   * @default none
   * @example 'sg-0a1b2c3d'
   */
  destinationSecurityGroupId?: pulumi.Input<string>;
  /**
   * IPv4 address ranges of the destination. The task may connect to them on the destination's port.
   * @default the VPC's own ranges, unless `destinationSecurityGroupId` is given
   * @example ['10.20.0.0/16']
   */
  destinationCidrs?: string[];
}
