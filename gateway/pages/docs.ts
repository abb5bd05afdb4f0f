/** A page to read and try the API, made of one script that we serve ourselves. */
import { createRequire } from "node:module";
import type { Handler } from "../routes/handler.ts";

/** Scalar's whole page, built into one file. */
const script = createRequire(import.meta.url).resolve(
  "@scalar/api-reference/browser/standalone.js",
);

const configuration = {
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tradepost API</title>
</head>
<body>
<script id="api-reference" data-url="/openapi.json"
  data-configuration='${JSON.stringify(configuration)}'></script>
<script src="/docs/reference.js"></script>
</body>
</html>
`;

/** Scalar sets styles from its script; it loads and calls nothing but this origin. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const docs: Handler = (_req, res) => {
  res.writeHead(200, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": Buffer.byteLength(page),
    "Content-Security-Policy": policy,
    "Cache-Control": "no-cache",
  });
  res.end(page);
};

export const reference: Handler = (_req, res) =>
  new Promise((resolve, reject) => {
    const options = { maxAge: "1d", headers: { "Content-Type": "text/javascript" } };
    res.sendFile(script, options, (error) => (error ? reject(error) : resolve()));
  });
