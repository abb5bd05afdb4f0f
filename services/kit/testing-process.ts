// For shutdown.test.ts: a service as a process, which its test leads by messages.
import { once } from "node:events";
import { runService } from "./service.ts";
import { testVerifier } from "./testing.ts";
import { userRpcs } from "./testing-handlers.ts";

process.on("message", (message) => {
  if (message === "crash") {
    void Promise.reject(new Error("nobody catches this"));
  }
});

async function getJwks() {
  process.send?.("started");
  await once(process, "message");
  return { keys: [{ kid: "k1" }] };
}

await runService({
  name: "kit",
  build: () => ({ rpcs: [userRpcs({ getJwks })], check: testVerifier }),
});
