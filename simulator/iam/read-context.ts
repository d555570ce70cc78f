import { ServiceError } from '../service-error';
import { Parser } from '../tables/expression/parser';
import { Placeholders } from '../tables/expression/placeholders';
import { parseProjection } from '../tables/expression/projection';
import type { Input } from '../tables/request';
import type { RequestContext } from './conditions';

const PROJECTION = 'ProjectionExpression';

/**
 * The condition keys of a read by key: the top-level attributes that it names, key attributes included, and whether it selects
 * them or returns whole items. Source: DynamoDB Developer Guide, "Specifying conditions: Using condition keys".
 * @param request of GetItem, or of one table in BatchGetItem
 */
export function readContext(request: Input): RequestContext {
  const { Key, Keys = [Key], [PROJECTION]: projection } = request;
  const keys = (Array.isArray(Keys) ? Keys : []).flatMap((key) => Object.keys((key ?? {}) as object));
  const selected = typeof projection === 'string' ? namesIn(request, projection) : [];
  return {
    'dynamodb:Attributes': [...new Set([...keys, ...selected])],
    'dynamodb:Select': typeof projection === 'string' ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES',
  };
}

/** None in a malformed expression, which the operation itself rejects. */
function namesIn(request: Input, projection: string): string[] {
  try {
    const placeholders = new Placeholders(request, [PROJECTION]);
    return parseProjection(new Parser(PROJECTION, projection, placeholders)).map(([name]) => String(name));
  } catch (error) {
    if (error instanceof ServiceError) return [];
    throw error;
  }
}
