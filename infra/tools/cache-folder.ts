import { homedir } from "node:os";
import { join } from "node:path";

/** Where this user keeps what is fetched once and shared by every checkout and every test run. */
export function cacheFolder(): string {
  const { TRADEPOST_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (TRADEPOST_CACHE) {
    return TRADEPOST_CACHE;
  }
  const home = homedir();
  switch (process.platform) {
    case "darwin":
      return join(home, "Library/Caches/tradepost");
    case "win32":
      return join(LOCALAPPDATA ?? join(home, "AppData/Local"), "tradepost");
    default:
      return join(XDG_CACHE_HOME || join(home, ".cache"), "tradepost");
  }
}
