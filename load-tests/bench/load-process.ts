/** The load in a process of its own, so that what it costs is not counted as the mesh's. */
import { run } from "./load.ts";
import type { Asked } from "./loader.ts";

process.on("message", async ({ load, body }: Asked) => {
  process.send?.(await run(body === undefined ? load : { ...load, body: () => body }));
});
