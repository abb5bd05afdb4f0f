import {
  type AddressChanges,
  type Address as AddressMessage,
  type AddressServiceImplementation,
  CreateAddressResponse,
} from "#gen/tradepost/user/v1/address.ts";
import type { CallExtras } from "#kit/call.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { invalidField } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { type Address, change, type Draft, etagOf, fields, keep, requireEtag } from "./address.ts";
import {
  addAddress,
  deleteAddress,
  getAddress,
  listAddresses,
  saveAddress,
} from "./address-store.ts";
import { lockPerson } from "./store.ts";

/** The rpcs of AddressService, in the order of the .proto. */
export function addressService({
  db,
}: {
  readonly db: Db;
}): AddressServiceImplementation<CallExtras> {
  return {
    async listAddresses({ pageSize, pageToken }, { call }) {
      const { userId } = call.caller;
      const filter = ["addresses", userId];
      const size = pageSizeOf(pageSize);
      const key = readPageToken(pageToken, filter, [timePart, textPart]);
      const after = key && { createTime: key[0], id: key[1] };
      const found = await listAddresses(db, userId, { after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(found, size, filter, (one) => [
        one.createTime.toISOString(),
        one.id,
      ]);
      return { addresses: rows.map(toMessage), nextPageToken };
    },

    createAddress(draft, { call }) {
      return once(db, call, CreateAddressResponse, async (tx) => {
        const { userId } = call.caller;
        const address = keep(draft, { id: uuidv7(), now: new Date() });
        await lockPerson(tx, userId);
        return { address: toMessage(await addAddress(tx, userId, address)) };
      });
    },

    async updateAddress({ id, address: changes, updateMask, etag }, { call }) {
      const { userId } = call.caller;
      const draft = changes ? toDraft(changes, updateMask) : {};
      return inTransaction(db, async (tx) => {
        await lockPerson(tx, userId);
        const address = await getAddress(tx, userId, id);
        const next = change(address, draft, etag, new Date());
        if (next !== address) {
          await saveAddress(tx, userId, next);
        }
        return { address: toMessage(next) };
      });
    },

    async deleteAddress({ id, etag }, { call }) {
      const { userId } = call.caller;
      await inTransaction(db, async (tx) => {
        await lockPerson(tx, userId);
        requireEtag(await getAddress(tx, userId, id), etag);
        await deleteAddress(tx, userId, id);
      });
      return {};
    },
  };
}

/** The fields that the mask names; without a mask, those that are set. */
function toDraft(changes: AddressChanges, mask: readonly string[] | undefined): Partial<Draft> {
  const unknown = mask?.find(
    (path) => path !== "*" && !fields.some((field) => inMask(field) === path),
  );
  if (unknown !== undefined) {
    throw invalidField("updateMask", `${unknown} cannot be changed`, "field_mask.known");
  }
  const isMeant = (field: keyof Draft) =>
    mask ? mask.includes("*") || mask.includes(inMask(field)) : Boolean(changes[field]);
  return Object.fromEntries(
    fields.filter(isMeant).map((field) => [field, changes[field]]),
  ) as Partial<Draft>;
}

function inMask(field: keyof Draft): string {
  return field === "isDefault" ? "is_default" : field;
}

function toMessage(address: Address): AddressMessage {
  const { id, street, city, state, zip, country, isDefault, createTime, updateTime } = address;
  return {
    id,
    street,
    city,
    state,
    zip,
    country,
    isDefault,
    createTime,
    updateTime,
    etag: etagOf(address),
  };
}
