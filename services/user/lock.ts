// When wrong passwords lock a pair of e-mail and address prefix.
import { isIP, isIPv4 } from "node:net";

const maxFailures = 5;
const windowMs = 15 * 60_000;
const lockMs = 15 * 60_000;

/** Until when nobody may try, if that is after `now`. `failures` are those that are remembered. */
export function lockedUntil(failures: readonly Date[], now: Date): Date | undefined {
  const last = failures.at(-1);
  if (!last || failures.length < maxFailures) {
    return undefined;
  }
  const until = new Date(+last + lockMs);
  return until > now ? until : undefined;
}

/** What to remember after one more failure: those that may still lock, the oldest first. */
export function withFailure(failures: readonly Date[], now: Date): Date[] {
  return [...failures.filter((time) => +now - +time < windowMs), now].slice(-maxFailures);
}

/** When failures that end at `last` have no effect any more. */
export function forgottenAt(last: Date): Date {
  return new Date(+last + Math.max(windowMs, lockMs));
}

/**
 * The part of an address that one household or company shares: /24 of IPv4, /64 of IPv6.
 * What is no address counts as one place, "unknown".
 */
export function addressPrefix(address: string | undefined): string {
  const [bare = ""] = (address ?? "").trim().split("%");
  if (isIPv4(bare)) {
    return `${bare.split(".").slice(0, 3).join(".")}.0/24`;
  }
  if (isIP(bare) === 0) {
    return "unknown";
  }
  const groups = groupsOf(bare);
  // IPv4 in IPv6's clothes (RFC 4291, 2.5.5.2).
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const high = groups[6] ?? 0;
    return `${high >> 8}.${high & 0xff}.${(groups[7] ?? 0) >> 8}.0/24`;
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight groups of an IPv6 address. The URL parser brings every spelling into one. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = "", right] = canonical.split("::");
  const head = left.split(":").filter(Boolean);
  const tail = (right ?? "").split(":").filter(Boolean);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
