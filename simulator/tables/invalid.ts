import { validation } from '../service-error';
import type { ServiceError } from '../service-error';

/** A ValidationException with DynamoDB's most common prefix. */
export const invalid = (message: string): ServiceError =>
  validation(`One or more parameter values were invalid: ${message}`);
