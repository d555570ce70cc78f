import { isIPv4 } from 'node:net';
import type { NetworkArgs } from '../arguments/network';
import { eachFormed, formed } from './formats';
import { given, type Problems, problems, type Rule } from './rules';

export function networkProblems(network: NetworkArgs): Problems {
  const { vpcId, subnetIds, vpcName, subnetName, destinationCidrs } = network;
  return problems(
    [given(vpcId, vpcName) !== 1, 'vpcId', 'name the VPC: set either vpcId and subnetIds, or vpcName'],
    [vpcId !== undefined && subnetIds === undefined, 'subnetIds', 'is required with vpcId'],
    [
      vpcId === undefined && subnetIds !== undefined,
      'subnetIds',
      'only works with vpcId; with vpcName, use subnetName',
    ],
    [
      vpcName === undefined && subnetName !== undefined,
      'subnetName',
      'only works with vpcName; with vpcId, use subnetIds',
    ],
    [Array.isArray(subnetIds) && subnetIds.length === 0, 'subnetIds', 'name at least one subnet'],
    formed(vpcId, 'vpcId', 'vpc'),
    ...eachFormed(subnetIds, 'subnetIds', 'subnet'),
    formed(network.destinationSecurityGroupId, 'destinationSecurityGroupId', 'securityGroup'),
    ...(destinationCidrs ?? [])
      .filter((range) => !isAddressRange(range))
      .map(
        (range): Rule => [
          true,
          'destinationCidrs',
          `expected an address range such as 10.20.0.0/16, not ${range}`,
        ],
      ),
  );
}

function isAddressRange(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  return rest.length === 0 && isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
}
