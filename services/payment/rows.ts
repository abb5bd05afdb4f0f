// Rows as PostgreSQL answers them, and what they mean.
import type {
  CaptureMode,
  Dispute,
  NextAction,
  Payment,
  PaymentStatus,
  Refund,
  RefundStatus,
  Share,
} from "./payment.ts";

/** Amounts in JSON are text, so that they are never rounded. */
type ShareRow = { readonly merchantId: string; readonly amount: string };

type DisputeJson = Omit<Dispute, "amount"> & { readonly amount: string };

export interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly user_id: string | null;
  readonly status: PaymentStatus;
  readonly closed: boolean;
  readonly currency: string | null;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly payment_method: string | null;
  readonly customer_id: string | null;
  readonly capture: CaptureMode;
  readonly next_action: NextAction | null;
  readonly shares: readonly ShareRow[];
  readonly shares_left: readonly ShareRow[];
  readonly intent_id: string | null;
  readonly decline_code: string;
  readonly dispute: DisputeJson | null;
  readonly sequence: bigint;
  readonly version: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface RefundRow {
  readonly id: string;
  readonly payment_id: string;
  readonly refund_key: string;
  readonly amount: bigint;
  readonly status: RefundStatus;
  readonly reason: string;
  readonly stripe_refund_id: string | null;
  readonly shares: readonly ShareRow[] | null;
  readonly created_at: Date;
}

export const paymentColumns = `id, order_id, user_id, status, closed, currency, amount, refunded,
  payment_method, customer_id, capture, next_action, shares, shares_left, intent_id, decline_code, dispute, sequence, version,
  created_at, updated_at`;

export const refundColumns =
  "id, payment_id, refund_key, amount, status, reason, stripe_refund_id, shares, created_at";

export function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    orderId: row.order_id,
    userId: row.user_id ?? "",
    status: row.status,
    closed: row.closed,
    currency: row.currency ?? "",
    amount: row.amount,
    refunded: row.refunded,
    paymentMethod: row.payment_method ?? "",
    customerId: row.customer_id ?? undefined,
    capture: row.capture,
    nextAction: row.next_action ?? undefined,
    shares: row.shares.map(toShare),
    sharesLeft: row.shares_left.map(toShare),
    intentId: row.intent_id ?? undefined,
    declineCode: row.decline_code,
    dispute: row.dispute ? { ...row.dispute, amount: BigInt(row.dispute.amount) } : undefined,
    sequence: row.sequence,
    version: row.version,
    createTime: row.created_at,
    updateTime: row.updated_at,
  };
}

export function toRefund(row: RefundRow): Refund {
  return {
    id: row.id,
    paymentId: row.payment_id,
    key: row.refund_key,
    amount: row.amount,
    status: row.status,
    reason: row.reason,
    stripeRefundId: row.stripe_refund_id ?? undefined,
    shares: row.shares?.map(toShare),
    createTime: row.created_at,
  };
}

export function sharesJson(shares: readonly Share[]): string {
  return JSON.stringify(
    shares.map(({ merchantId, amount }) => ({ merchantId, amount: String(amount) })),
  );
}

function toShare({ merchantId, amount }: ShareRow): Share {
  return { merchantId, amount: BigInt(amount) };
}

/** `{"a","b"}`: many arrays travel as the elements of one. */
export function arrayLiteral(items: readonly (string | bigint)[]): string {
  const quoted = items.map((item) =>
    typeof item === "bigint" ? item : `"${item.replace(/["\\]/g, "\\$&")}"`,
  );
  return `{${quoted.join(",")}}`;
}
