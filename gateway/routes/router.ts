/** All routes as one Express middleware. What is no route of ours goes on to the next one. */
import type { NextFunction, Request, Response } from "express";
import { exchangeOf } from "../exchange.ts";
import { problem } from "../problems/problem.ts";
import type { Route } from "./handler.ts";
import type { Methods, RouteTree } from "./tree.ts";

export function router(routes: RouteTree<Route>) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const mark = req.url.indexOf("?");
    const path = mark < 0 ? req.url : req.url.slice(0, mark);
    const match = routes.find(path);
    if (!match) {
      next();
      return;
    }
    const { methods, segments } = match;
    const route = methods.get(req.method === "HEAD" ? "GET" : req.method);
    if (!route) {
      answerOtherMethod(req, res, methods, next);
      return;
    }
    exchangeOf(res).route = route.label;
    const query = mark < 0 ? "" : req.url.slice(mark + 1);
    Promise.resolve(route.handle(req, res, segments, query)).catch(next);
  };
}

function answerOtherMethod(
  req: Request,
  res: Response,
  methods: Methods<Route>,
  next: NextFunction,
): void {
  const [first] = methods.values();
  exchangeOf(res).route = first?.label ?? "none";
  const names = [...methods.keys()];
  const allow = [...names, ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  if (req.method === "OPTIONS") {
    res.writeHead(204, { Allow: allow }).end();
    return;
  }
  const detail = `${req.method} is not among ${allow}`;
  next(problem("METHOD_NOT_ALLOWED", detail, { headers: { Allow: allow } }));
}
