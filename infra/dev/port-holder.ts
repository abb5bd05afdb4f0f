import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** tcp_states.h of Linux */
const LISTEN = "0A";

/** Who listens at a port of this machine, as "node (pid 4711)"; undefined if it cannot be told. */
export async function portHolder(port: number): Promise<string | undefined> {
  try {
    return process.platform === "linux" ? await fromProc(port) : await fromLsof(port);
  } catch {
    return undefined;
  }
}

async function fromProc(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const sockets = tables
    .flatMap((table) => table.split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(wanted) && fields[3] === LISTEN)
    .map((fields) => `socket:[${fields[9]}]`);
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (await holds(pid, sockets)) {
      const name = (await readFile(`/proc/${pid}/comm`, "utf8")).trim();
      return `${name} (pid ${pid})`;
    }
  }
  return undefined;
}

async function holds(pid: string, sockets: readonly string[]): Promise<boolean> {
  // Another user's, or gone since.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    if (sockets.includes(target)) {
      return true;
    }
  }
  return false;
}

async function fromLsof(port: number): Promise<string | undefined> {
  const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]);
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid ? `${name} (pid ${pid})` : undefined;
}
