import { expect } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/contract/error-codes.ts';
import type { scriptedServer } from './scripted-server.ts';

type Response = Awaited<ReturnType<Awaited<ReturnType<typeof scriptedServer>>['inject']>>;

/** RFC 9457, with what the catalogue says about the code. */
export function expectProblem(response: Response, code: ErrorCode) {
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.statusCode).toBe(ERRORS[code].status);
  const problem = response.json();
  expect(problem).toMatchObject({
    type: `urn:vultus:error:${code}`,
    title: ERRORS[code].help,
    status: ERRORS[code].status,
    code,
  });
  expect(problem.detail).toContain(ERRORS[code].help);
  return problem;
}
