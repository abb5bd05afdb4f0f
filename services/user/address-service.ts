import {
  type AddressChanges,
  type Address as AddressMessage,
  type AddressServiceImplementation,
  CreateAddressResponse,
} from "#gen/tradepost/user/v1/address.ts";
import type { CallExtras } from "#kit/call.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { once } from "#kit/idempotency.ts";
import { newestPage } from "#kit/newest-page.ts";
import { checkPaths } from "#kit/update-mask.ts";
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
    async listAddresses(request, { call }) {
      const { userId } = call.caller;
      const filter = ["addresses", userId];
      const { rows, nextPageToken } = await newestPage(request, filter, (page) =>
        listAddresses(db, userId, page),
      );
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
function toDraft(changes: AddressChanges, mask?: readonly string[]): Partial<Draft> {
  checkPaths(mask ?? [], ["*", ...fields.map(inMask)], "field_mask.known");
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
