/** Ways to charge twice, to pay back too much or too little, and to sell what is not there. */
import type { Mutant } from "./mutant.ts";

const deciding = "dist/services/order/deciding.js";
const asking = "dist/services/payment/asking.js";
const charging = "dist/services/payment/charging.js";
const refundStore = "dist/services/payment/refund-store.js";

export const MUTANTS_OF_MONEY: readonly Mutant[] = [
  {
    name: "new-key-each-try",
    what: "a charge that is tried again is another intent under another key",
    edits: [
      {
        file: asking,
        find: "/create`,",
        replace: "/create/` + Math.random(),",
      },
      {
        file: charging,
        find: "if (payment.intentId === undefined) {\n            return begin(",
        replace: "if (true) {\n            return begin(",
      },
      {
        file: charging,
        find: "if (await storeIntent({ paymentId, intentId })) {",
        replace: "if ((await storeIntent({ paymentId, intentId })) || true) {",
      },
      {
        file: asking,
        find: "/confirm`,",
        replace: "/confirm/` + intentId,",
      },
    ],
  },
  {
    name: "read-then-write",
    what: "stock is read without a lock, and written as it was read less what was taken",
    edits: [
      {
        file: "dist/services/product/stock/reserve-store.js",
        find: "order by s.product_id\n        for no key update of s",
        replace: "order by s.product_id",
      },
    ],
  },
  {
    name: "swallowed-undo",
    what: "a refund or a release that fails is forgotten",
    edits: [
      {
        file: "dist/services/order/paying-back.js",
        find: "throw failed.reason;",
        replace: "return;",
      },
    ],
  },
  {
    name: "no-fence",
    what:
      "a driver writes though its lease has gone; the state's guard and the key of the history, " +
      "which each would hide it, are away too, and leases are as short as a pause of a 45 s run",
    edits: [
      { file: deciding, find: " and s.fence = a.fence", replace: "" },
      {
        file: deciding,
        find: "and o.status = 'PENDING' and o.sequence = a.sequence - 1",
        replace: "",
      },
      {
        file: deciding,
        find: "join decided using (id)\n   ), sold as (",
        replace: "join decided using (id)\n     on conflict do nothing\n   ), sold as (",
      },
      {
        file: deciding,
        find: "join decided d using (id)\n   ), put_back as (",
        replace: "join decided d using (id)\n     on conflict do nothing\n   ), put_back as (",
      },
      {
        file: "dist/services/kit/saga.js",
        find: "LEASE_MS = 15_000",
        replace: "LEASE_MS = 4_000",
      },
    ],
  },
  {
    name: "no-cap",
    what: "a refund is not measured against its charge, by us or by the provider",
    edits: [
      {
        file: "dist/services/payment/refund-rule.js",
        find: "if (left === 0n || amount > left) {",
        replace: "if (amount === 0n) {",
      },
      { file: refundStore, find: " and refunded + $4 <= amount", replace: "" },
      {
        file: "services/payment/migrations/0001_payments.sql",
        find: "check (refunded between 0 and amount)",
        replace: "check (refunded >= 0)",
      },
      {
        file: "dist/infra/stripe-sandbox/refunds.js",
        find: "if (amount > left) {",
        replace: "if (amount < 0) {",
      },
      {
        file: "dist/infra/stripe-sandbox/refunds.js",
        find: "if (left === 0) {",
        replace: "if (left < -1e12) {",
      },
    ],
  },
];
