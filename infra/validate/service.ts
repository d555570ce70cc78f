import type { ReplicatorServiceArgs } from '../arguments/service';
import { postgresProblems } from './destination';
import { imageUriProblems } from './image';
import { networkProblems } from './network';
import { type Problems, under } from './rules';
import { loginProblems, placementProblems, taskProblems } from './task';
import { tagsProblems } from './tags';

/** Problems in the arguments of `ReplicatorService`. */
export function serviceProblems(args: ReplicatorServiceArgs): Problems {
  return [
    ...taskProblems(args),
    ...under('network', networkProblems(args.network)),
    ...tagsProblems(args.tags),
    ...placementProblems(args, args.network),
    ...under('postgres', postgresProblems(args.postgres)),
    ...imageUriProblems(args.imageUri, 'imageUri'),
    ...loginProblems(args, args.imageUri),
  ];
}
