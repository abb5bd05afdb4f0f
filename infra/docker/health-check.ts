// What a container engine asks of the image: does the process in it live? No dependency is asked,
// so that a database that is away restarts nobody.

const { SERVICE, HTTP_PORT, METRICS_PORT, SANDBOX_PORT } = process.env;

function address(): string {
  switch (SERVICE) {
    case "gateway":
      return `${HTTP_PORT || 8080}/health`;
    case "stripe-sandbox":
      return `${SANDBOX_PORT || 12_111}/_health`;
    default:
      return `${METRICS_PORT || 51_051}/health`;
  }
}

const signal = AbortSignal.timeout(2_000);
const isAlive = await fetch(`http://127.0.0.1:${address()}`, { signal }).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(isAlive ? 0 : 1);
