/** The rpcs of PhoneService, in the order of the .proto. */
import {
  Phone as PhoneMessage,
  type PhoneServiceImplementation,
} from "#gen/tradepost/notification/v1/phone.ts";
import type { CallExtras } from "#kit/call.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { Fault, invalidField } from "#kit/errors.ts";
import { dropPhone, getPhone, type Phone, setPhone, tryCode } from "./phone-store.ts";
import { hashOf } from "./texting.ts";

export interface PhoneDeps {
  readonly db: Db;
  /** Whether any SMS is sent. */
  readonly isOn: boolean;
}

export function phoneService({ db, isOn }: PhoneDeps): PhoneServiceImplementation<CallExtras> {
  return {
    async getPhone(_request, { call }) {
      return { phone: toMessage((await getPhone(db, call.caller.userId)) ?? notFound()) };
    },

    async setPhone({ phone }, { call }) {
      if (!isOn) {
        throw new Fault("UNIMPLEMENTED", "this shop sends no SMS");
      }
      const { number } = PhoneMessage.fromPartial(phone ?? {});
      const kept = await inTransaction(db, (tx) => setPhone(tx, call.caller.userId, number));
      return { phone: toMessage(kept) };
    },

    async verifyPhone({ code }, { call }) {
      const { userId } = call.caller;
      const phone = (await tryCode(db, userId, hashOf(userId, code))) ?? notFound();
      return { phone: toMessage(phone.isVerified ? phone : wrongCode()) };
    },

    async deletePhone(_request, { call }) {
      await dropPhone(db, call.caller.userId);
      return {};
    },
  };
}

function toMessage({ isVerified, ...phone }: Phone): PhoneMessage {
  return { ...phone, verified: isVerified };
}

function notFound(): never {
  throw new Fault("PHONE_NOT_FOUND", "no phone number is kept");
}

function wrongCode(): never {
  throw invalidField("code", "is not the last one that was sent, or not good any more", "code");
}
