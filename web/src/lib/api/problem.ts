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

  /** Reads a failed answer's text; anything that is no problem document becomes `unexpected_answer`. */
  static fromText(status: number, text: string): ApiProblem {
    try {
      const problem = JSON.parse(text) as Problem;
      if (typeof problem.code === 'string') return new ApiProblem(problem);
    } catch {
      // Not JSON: a proxy or a crash spoke, not the server.
    }
    return new ApiProblem({ code: 'unexpected_answer', status, detail: '' });
  }
}
