/** For `node -r`: a process that has loaded it knows the toy, as if `kinds.ts` had a line for it. */
import { KINDS } from '../../../runtime/destinations/kinds';
import { toy } from './kind';

KINDS.push(toy);
