import { ServiceError } from '../service-error';
import { element } from '../xml';
import { answer, isSigned } from './message';
import type { Exchange, Request } from './message';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** A call in the query protocol, as STS speaks it: a form in, XML out. */
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
      const result = call(operation, Object.fromEntries(form)) as Record<string, string>;
      const members = Object.entries(result).map(([name, value]) => element(name, value));
      return answer(
        200,
        'text/xml',
        `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${members.join('')}</${operation}Result>` +
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
