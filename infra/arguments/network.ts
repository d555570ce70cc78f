import type * as pulumi from '@pulumi/pulumi';
import type { Endpoints } from './choices';

/** Where the task runs: in subnets given by id, or in those of a VPC looked up by its name. It never gets a public IP. */
export interface NetworkArgs {
  /**
   * The VPC, by id.
   * @default none, for one looked up by `vpcName`
   * @example 'vpc-0a1b2c3d'
   */
  vpcId?: pulumi.Input<string>;
  /**
   * Subnets of the VPC, by id: private ones, with a NAT gateway or with endpoints.
   * @default (required with `vpcId`)
   * @example ['subnet-0a1b2c3d', 'subnet-4e5f6a7b']
   */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The VPC, by the value of its tag `Name`.
   * @default none
   * @example 'main'
   */
  vpcName?: string;
  /**
   * Which subnets of the named VPC, by their tag `Name`; `*` stands for any characters.
   * @default '*private*'
   * @example 'main-app-*'
   */
  subnetName?: string;
  /**
   * VPC endpoints, for subnets without a way to the internet.
   * @default Endpoints.None
   * @example Endpoints.Create
   */
  endpoints?: Endpoints;
  /**
   * Security group of the destination; the task may connect to it on the destination's port.
   * @default none
   * @example 'sg-0a1b2c3d'
   */
  destinationSecurityGroupId?: pulumi.Input<string>;
  /**
   * Address ranges of the destination; the task may connect to them on the destination's port.
   * @default the VPC's own, unless `destinationSecurityGroupId` is given
   * @example ['10.20.0.0/16']
   */
  destinationCidrs?: string[];
}
