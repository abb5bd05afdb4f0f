import { sleep } from "k6";
import { isShort } from "./settings.js";

/** What a person does between two clicks: half a second to one and a half. */
export function think(random) {
  if (!isShort) {
    sleep(0.5 + random());
  }
}
