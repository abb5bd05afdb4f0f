/**
 * Where webhooks may go: to public addresses, over TLS. What merchants name are URLs of their own
 * choosing, which must reach nothing inside the network that this runs in.
 */
import type { LookupAddress } from "node:dns";
import { lookup, Resolver } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { invalidField } from "#kit/errors.ts";

/** A name's addresses; none: there is no such name, or nobody knew in time. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

export interface Guard {
  /** Throws for a URL of which it is seen at once that nothing may be sent there. */
  check(url: string, field: string): void;
  /**
   * The addresses of the URL's host as they are now; none if there is none, or if any of them is one
   * that nothing is sent to. Connect to these only: the name may mean others a moment later.
   */
  addressesOf(url: URL, signal: AbortSignal): Promise<readonly LookupAddress[]>;
}

export interface GuardOptions {
  /** Lets http and private addresses through too, for development. */
  readonly allowsPrivate: boolean;
  /** Absent: the name servers' answer. */
  readonly resolve?: Resolve;
}

export function webhookGuard({ allowsPrivate, resolve }: GuardOptions): Guard {
  // Names of the own machine are in no name server, but in its hosts file.
  const resolveName = resolve ?? (allowsPrivate ? askSystem : askNameServers);
  return {
    check(url, field) {
      const wrong = wrongWith(url, allowsPrivate);
      if (wrong) {
        throw invalidField(field, wrong, "webhook.url");
      }
    },

    async addressesOf(url, signal) {
      const host = hostOf(url);
      const family = isIP(host);
      const found = family ? [{ address: host, family }] : await resolveName(host, signal);
      return allowsPrivate || found.every(({ address }) => isPublic(address)) ? found : [];
    },
  };
}

/** undefined: nothing that can be seen without asking for its addresses. */
export function wrongWith(text: string, allowsPrivate: boolean): string | undefined {
  if (!URL.canParse(text) || /\s/.test(text)) {
    return "must be a URL";
  }
  const url = new URL(text);
  if (url.protocol !== "https:" && !(allowsPrivate && url.protocol === "http:")) {
    return "must be an https URL";
  }
  if (url.username !== "" || url.password !== "") {
    return "must not have a name or a password in it";
  }
  const host = hostOf(url);
  const isLocal = /(^|\.)localhost\.?$/.test(host) || (isIP(host) !== 0 && !isPublic(host));
  return isLocal && !allowsPrivate ? "must not be of a private network" : undefined;
}

/** As the parser of URLs leaves it: lower case, an IPv4 address in four numbers. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** IANA's registries of special-purpose addresses, October 2025, and one of Azure's. */
const SPECIAL_V4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  // Behind a provider's NAT; a metadata service of Alibaba's.
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Metadata services of most clouds.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // Azure's own, of every machine there.
  ["168.63.129.16", 32],
  // Multicast, and all above it.
  ["224.0.0.0", 3],
] as const;

/** Of the one block that is public. Outside it are all forms of IPv4 addresses but Teredo's and 6to4's. */
const SPECIAL_V6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const;

// One list of both families would take every IPv4 address for one of `::ffff:0:0/96`.
const specialV4 = new BlockList();
for (const [network, prefix] of SPECIAL_V4) {
  specialV4.addSubnet(network, prefix, "ipv4");
}
const specialV6 = new BlockList();
for (const [network, prefix] of SPECIAL_V6) {
  specialV6.addSubnet(network, prefix, "ipv6");
}
const publicV6 = new BlockList();
publicV6.addSubnet("2000::", 3, "ipv6");

export function isPublic(address: string): boolean {
  return isIP(address) === 4
    ? !specialV4.check(address, "ipv4")
    : publicV6.check(address, "ipv6") && !specialV6.check(address, "ipv6");
}

/** Not `dns.lookup`: that takes one of the process's four threads for as long as it waits. */
async function askNameServers(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const cancel = () => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  const [v4, v6] = await Promise.all([
    resolver.resolve4(host).catch(none),
    resolver.resolve6(host).catch(none),
  ]);
  signal.removeEventListener("abort", cancel);
  return [
    ...v4.map((address) => ({ address, family: 4 })),
    ...v6.map((address) => ({ address, family: 6 })),
  ];
}

function askSystem(host: string): Promise<LookupAddress[]> {
  return lookup(host, { all: true }).catch(none);
}

function none(): [] {
  return [];
}
