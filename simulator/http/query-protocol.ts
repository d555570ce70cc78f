import { ServiceError } from '../service-error';
import { element } from '../xml';
import { answer, isSigned } from './message';
import type { Exchange, Request } from './message';

/** Members of a result, possibly nested; a list has an element `member` for each entry. */
type Members = { readonly [name: string]: Member };
type Member = string | Members | readonly Member[];

function elements(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) => named(name, value))
    .join('');
}

function named(name: string, value: Member): string {
  if (typeof value === 'string') return element(name, value);
  const content = isList(value)
    ? value.map((entry) => named('member', entry)).join('')
    : elements(value as Members);
  return `<${name}>${content}</${name}>`;
}

const isList = (value: Member): value is readonly Member[] => Array.isArray(value);

/** A service with the query protocol. */
export type QueryService = 'sts' | 'iam';

/** The version of its API, by service. */
export const VERSIONS: Readonly<Record<QueryService, string>> = { sts: '2011-06-15', iam: '2010-05-08' };

/** The service that a form is for: the version of its API says it. */
export function queryServiceOf({ body }: Request): QueryService {
  return new URLSearchParams(body.toString()).get('Version') === VERSIONS.iam ? 'iam' : 'sts';
}

/** A call in the query protocol of STS and IAM: a form as request, XML as response. */
export function queryExchange(
  request: Request,
  service: QueryService,
  call: (operation: string, input: Record<string, unknown>) => unknown,
  requestId: string,
): Exchange {
  const form = new URLSearchParams(request.body.toString());
  const operation = form.get('Action') ?? '';
  const namespace = `https://${service}.amazonaws.com/doc/${VERSIONS[service]}/`;
  return {
    operation,
    perform: () => {
      if (!isSigned(request)) {
        throw new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
      }
      const result = elements(call(operation, Object.fromEntries(form)) as Members);
      return answer(
        200,
        'text/xml',
        `<${operation}Response xmlns="${namespace}"><${operation}Result>${result}</${operation}Result>` +
          `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${operation}Response>`,
      );
    },
    failure: ({ type, message, status }) =>
      answer(
        status,
        'text/xml',
        `<ErrorResponse xmlns="${namespace}"><Error>${element('Type', status < 500 ? 'Sender' : 'Receiver')}` +
          `${element('Code', type)}${element('Message', message)}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
      ),
  };
}
