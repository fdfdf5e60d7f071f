import type { Problem } from './types';

/** A refusal or fault of the server, or the absence of an answer, as an exception with a stable code. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryAfterS: number | null;

  constructor(problem: Pick<Problem, 'code' | 'status' | 'detail'> & Partial<Problem>) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.retryAfterS = problem.retry_after_s ?? null;
  }

  /** What to throw when no server answered. */
  static unreachable(): ApiProblem {
    return new ApiProblem({ code: 'unreachable', status: 0, detail: '' });
  }

  /** Reads a failed answer; anything that is no problem document becomes `unexpected_answer`. */
  static from(status: number, body: unknown): ApiProblem {
    const problem = body as Partial<Problem> | null | undefined;
    if (typeof problem === 'object' && typeof problem?.code === 'string') {
      return new ApiProblem({ ...problem, code: problem.code, status, detail: problem.detail ?? '' });
    }
    // A proxy answers so when the server behind it is away.
    if (status >= 502 && status <= 504) return ApiProblem.unreachable();
    return new ApiProblem({ code: 'unexpected_answer', status, detail: '' });
  }

  /** The same from an answer's text. */
  static fromText(status: number, text: string): ApiProblem {
    try {
      return ApiProblem.from(status, JSON.parse(text));
    } catch {
      // Not JSON: a proxy or a crash spoke, not the server.
      return ApiProblem.from(status, null);
    }
  }
}
