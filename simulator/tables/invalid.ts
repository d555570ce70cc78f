import { validation } from '../service-error';
import type { ServiceError } from '../service-error';

/** A refusal in the words with which DynamoDB begins most of them. */
export const invalid = (message: string): ServiceError =>
  validation(`One or more parameter values were invalid: ${message}`);
