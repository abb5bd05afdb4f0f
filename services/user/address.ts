// An address that somebody has things sent to, and what may happen to it.
import { Fault, invalidField } from "#kit/errors.ts";

interface Place {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly country: string;
}

export interface Address extends Place {
  readonly id: string;
  readonly isDefault: boolean;
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** What its person writes. */
export type Draft = Place & Pick<Address, "isDefault">;

export function keep(draft: Draft, { id, now }: { id: string; now: Date }): Address {
  checkPlace("", draft);
  return { ...draft, id, version: 1n, createTime: now, updateTime: now };
}

/** Changes to what already is are none, so that a retry is safe. */
export function change(
  address: Address,
  draft: Partial<Draft>,
  etag: string | undefined,
  now: Date,
): Address {
  requireEtag(address, etag);
  checkPlace("address.", draft);
  if (address.isDefault && draft.isDefault === false) {
    throw invalidField("address.isDefault", "make another one the default instead", "default");
  }
  const next = { ...address, ...draft };
  if (fields.every((field) => next[field] === address[field])) {
    return address;
  }
  return { ...next, version: address.version + 1n, updateTime: now };
}

export function requireEtag(address: Address, etag: string | undefined): void {
  if (etag !== undefined && etag !== "*" && etag !== etagOf(address)) {
    throw new Fault("STALE_ETAG", `address ${address.id} has changed since it was read`);
  }
}

/** Another one may become the default, which changes this one without a word about it. */
export function etagOf({ version, isDefault }: Pick<Address, "version" | "isDefault">): string {
  return isDefault ? `${version}-default` : version.toString();
}

export function notFound(id: string): Fault {
  return new Fault("ADDRESS_NOT_FOUND", `no address ${id}`);
}

export const fields = ["street", "city", "state", "zip", "country", "isDefault"] as const;
const needed: readonly string[] = ["street", "city", "country"];

/** What can be written on a label: lines without breaks. */
function checkPlace(prefix: string, { isDefault: _, ...place }: Partial<Draft>): void {
  for (const [field, text] of Object.entries(place)) {
    if (needed.includes(field) && text.trim() === "") {
      throw invalidField(`${prefix}${field}`, "must not be empty", "address.empty");
    }
    if (/\p{Cc}/u.test(text)) {
      throw invalidField(
        `${prefix}${field}`,
        "must not contain control characters",
        "address.control",
      );
    }
  }
}
