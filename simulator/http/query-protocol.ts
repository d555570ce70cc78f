import { ServiceError } from '../service-error';
import { element } from '../xml';
import { answer, isSigned } from './message';
import type { Exchange, Request } from './message';

/** Members of a result, possibly nested. */
type Members = { readonly [name: string]: string | Members };

function elements(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) =>
      typeof value === 'string' ? element(name, value) : `<${name}>${elements(value)}</${name}>`,
    )
    .join('');
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** A call in the query protocol of STS: a form as request, XML as response. */
export function queryExchange(
  request: Request,
  call: (operation: string, input: Record<string, unknown>) => unknown,
  requestId: string,
): Exchange {
  const form = new URLSearchParams(request.body.toString());
  const operation = form.get('Action') ?? '';
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
        `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${result}</${operation}Result>` +
          `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${operation}Response>`,
      );
    },
    failure: ({ type, message, status }) =>
      answer(
        status,
        'text/xml',
        `<ErrorResponse xmlns="${NAMESPACE}"><Error>${element('Type', status < 500 ? 'Sender' : 'Receiver')}` +
          `${element('Code', type)}${element('Message', message)}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
      ),
  };
}
