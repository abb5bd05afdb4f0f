import type { Request, Response } from "express";

/**
 * Answers a request, or rejects with a Problem.
 * @param segments the path's, still percent-encoded
 * @param query without the question mark
 */
export type Handler = (
  req: Request,
  res: Response,
  segments: readonly string[],
  query: string,
) => void | Promise<void>;

export interface Route {
  /** The template, for logs and metrics. */
  readonly label: string;
  readonly handle: Handler;
}
