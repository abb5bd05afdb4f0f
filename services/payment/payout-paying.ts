// Drives payouts to their end, from wherever they were left.
import type { Db } from "#kit/db.ts";
import { joined } from "./joined.ts";
import type { Payout } from "./payout.ts";
import {
  countRefusal,
  endPayout,
  type PayoutEnd,
  payoutById,
  storeDestination,
} from "./payout-store.ts";
import { type Provider, Refused, withKeys } from "./provider.ts";

export interface Paying {
  /**
   * Asks Stripe for the transfer of a payout that is reserved, or how it went; records that. It
   * stays pending while Stripe has not enough of ours.
   */
  settle(payoutId: string): Promise<Payout>;
}

/** Stripe forgets a key after 24 h; one that is nearly as old says nothing. */
const KEY_AGE_MS = 23 * 3600 * 1000;

/** What buyers paid has not arrived yet: refused today, not for ever. */
const NOT_YET = "balance_insufficient";

export function createPaying({
  db,
  provider,
}: {
  readonly db: Db;
  readonly provider: Provider;
}): Paying {
  const running = joined<Payout>();

  /** An account that nobody stored is left over: it never gets anything. */
  async function withDestination(payout: Payout): Promise<Payout> {
    if (payout.destination !== "") {
      return payout;
    }
    const { merchantId } = payout;
    const account = await provider.createAccount(merchantId, `account/${merchantId}`);
    return storeDestination(db, payout, account);
  }

  async function transfer(payout: Payout): Promise<PayoutEnd> {
    const find = async () => {
      const made = await provider.listTransfers(payout.id);
      return made.find(({ payoutId }) => payoutId === payout.id);
    };
    const isOld = Date.now() - payout.createTime.getTime() > KEY_AGE_MS;
    const known = isOld ? await find() : undefined;
    if (known) {
      return { transferId: known.id, failureCode: "" };
    }
    const name = payout.attempt === 1 ? payout.id : `${payout.id}/attempt-${payout.attempt}`;
    const wish = { ...payout, payoutId: payout.id };
    try {
      const made = await withKeys(
        `payout/${name}`,
        (key) => provider.createTransfer(wish, key),
        find,
      );
      return { transferId: made.id, failureCode: "" };
    } catch (error) {
      const made = error instanceof Refused ? await find() : undefined;
      if (made) {
        return { transferId: made.id, failureCode: "" };
      }
      throw error;
    }
  }

  async function settle(id: string): Promise<Payout> {
    let payout = await payoutById(db, id);
    if (payout.status !== "pending") {
      return payout;
    }
    try {
      payout = await withDestination(payout);
      return await endPayout(db, id, await transfer(payout));
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      if (error.code !== NOT_YET) {
        return endPayout(db, id, { transferId: undefined, failureCode: error.code });
      }
      await countRefusal(db, payout);
      return payoutById(db, id);
    }
  }

  return { settle: (id) => running.run(id, () => settle(id)) };
}
