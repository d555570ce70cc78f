/** For `node -r`: adds the toy to the kinds of a process, as if `kinds.ts` listed it. */
import { KINDS } from '../../../runtime/destinations/kinds';
import { toy } from './kind';

KINDS.push(toy);
