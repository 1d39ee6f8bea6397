import type { FastifyError, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { ERRORS, type ErrorCode } from '../contract/error-codes.ts';
import { toVultusError, VultusError } from '../errors.ts';
import { turnAwayUnread } from './turn-away.ts';

/** RFC 9457 §3. */
const PROBLEM_TYPE = 'application/problem+json';

/** Body of every error answer: problem details of RFC 9457, with our `code`. */
export const problemSchema = z
  .object({
    type: z.string().describe('urn:vultus:error:<code>'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().describe('A code of the error catalogue; it never changes its meaning'),
    retryAfterS: z.number().int().optional().describe('As in the header Retry-After, where waiting helps'),
  })
  .describe('Problem details (RFC 9457)');
export type Problem = z.infer<typeof problemSchema>;

export function problemOf(error: VultusError): Problem {
  return {
    type: `urn:vultus:error:${error.code}`,
    title: ERRORS[error.code].help,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.retryAfterS !== undefined && { retryAfterS: error.retryAfterS }),
  };
}

/** Response schemas of a route that can fail with these codes, for the OpenAPI document. */
export function problemResponses(...codes: ErrorCode[]) {
  const statuses = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...statuses].map(([status, of]) => [
      status,
      {
        description: `Problem: ${of.join(', ')}`,
        content: { [PROBLEM_TYPE]: { schema: problemSchema } },
      },
    ]),
  );
}

/** Hook: says of every route in the OpenAPI document how it fails as all do, where it does not say so itself. */
export function addCommonProblems({ url, schema }: RouteOptions): void {
  if (!schema || (schema as { hide?: boolean }).hide) return;
  const codes: ErrorCode[] = ['host_not_allowed'];
  if (url.startsWith('/v1/')) codes.push('unauthorized');
  if (schema.params || schema.querystring || schema.body) codes.push('invalid_request');
  if (schema.body) codes.push('unsupported_media_type');
  schema.response = { ...problemResponses(...codes), ...(schema.response as object) };
}

/** Names of unknown keys are the caller's own, as many and as long as it likes. */
const MOST_ISSUES = 5;
const LONGEST_ISSUE = 200;

/** Gives each error of fastify, zod or our own code its place in the catalogue. */
export function classify(error: unknown): VultusError {
  if (error instanceof VultusError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.slice(0, MOST_ISSUES).map(({ instancePath, message }) => {
      const issue = `${instancePath.slice(1).replaceAll('/', '.') || 'request'}: ${message}`;
      return issue.length > LONGEST_ISSUE ? `${issue.slice(0, LONGEST_ISSUE)} …` : issue;
    });
    const more = error.validation.length - issues.length;
    const detail = [...issues, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
    return new VultusError('invalid_request', detail, { cause: error });
  }
  // Fastify's own: malformed JSON, wrong content type, body too large, …
  const { statusCode, message } = error as FastifyError;
  if (statusCode === 415) return new VultusError('unsupported_media_type', undefined, { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new VultusError('invalid_request', message.slice(0, LONGEST_ISSUE), { cause: error });
  }
  return toVultusError(error);
}

/** What a server that cannot have its address fails with. */
export function cannotListen({ host, port }: Pick<Config, 'host' | 'port'>, cause: Error): VultusError {
  return new VultusError('config_invalid', `${host}:${port} cannot be listened on: ${cause.message}`, {
    cause,
  });
}

export function sendProblem(reply: FastifyReply, error: VultusError): FastifyReply {
  if (error.retryAfterS !== undefined) reply.header('retry-after', error.retryAfterS);
  if (error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
  // Stringified here: the route's response schema must not stand between an error and its caller.
  return reply
    .code(error.status)
    .type(PROBLEM_TYPE)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemOf(error));
}

export function problemHandler(onError: (error: VultusError) => void) {
  return (cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = classify(cause);
    onError(error);
    turnAwayUnread(request, reply);
    if (error.status >= 500 && error.retryAfterS === undefined) request.log.error({ err: cause }, error.code);
    return sendProblem(reply, error);
  };
}
