import type { NetworkArgs } from '../arguments/network';
import { given, type Problems, problems, type Rule } from './rules';

export function networkProblems(network: NetworkArgs): Problems {
  const { vpcId, subnetIds, vpcName, subnetName, destinationCidrs } = network;
  return problems(
    [given(vpcId, vpcName) !== 1, 'vpcId', 'name the VPC, either by vpcId with subnetIds or by vpcName'],
    [vpcId !== undefined && subnetIds === undefined, 'subnetIds', 'is needed with vpcId'],
    [
      vpcId === undefined && subnetIds !== undefined,
      'subnetIds',
      'is for vpcId; with vpcName use subnetName',
    ],
    [
      vpcName === undefined && subnetName !== undefined,
      'subnetName',
      'is for vpcName; with vpcId use subnetIds',
    ],
    [Array.isArray(subnetIds) && subnetIds.length === 0, 'subnetIds', 'name at least one subnet'],
    ...(destinationCidrs ?? [])
      .filter((range) => !/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(range))
      .map((range): Rule => [
        true,
        'destinationCidrs',
        `expected an address range such as 10.20.0.0/16, not ${range}`,
      ]),
  );
}
