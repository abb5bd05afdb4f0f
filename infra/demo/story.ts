// The story itself: somebody comes, buys, and is told of it.
import { randomBytes } from "node:crypto";
import { format } from "#kit/money.ts";
import type { Answer, Api } from "./api.ts";
import { tellRefusals } from "./refusals.ts";
import { ensure, eventually, expect, type Stage, type Step } from "./steps.ts";

export interface Scene {
  readonly anyone: Api;
  readonly mailUrl: string;
  readonly step: Step;
}

/** Of the demo data: the shop's own people. */
const DEMO_PASSWORD = "tradepost-demo-1";
const MINUTE_MS = 60_000;

export async function tellStory({ anyone, mailUrl, step }: Scene): Promise<void> {
  const name = `demo-${randomBytes(4).toString("hex")}`;
  const person = {
    email: `${name}@example.com`,
    password: randomBytes(12).toString("base64url"),
    fullName: "Robin Reader",
  };

  await step("register", "Robin opens an account", async ({ did }) => {
    const { body } = expect(await anyone.post("/api/v1/auth/register", person), 201);
    did("user", `stored ${body.id} with a hashed password, and UserRegistered beside it`);
  });

  const robin = await step("sign-in", "and signs in", async ({ did }) => {
    const buyer = await signIn(anyone, person.email, person.password);
    const { body } = expect(await buyer.get("/api/v1/users/me"), 200);
    ensure(body.email === person.email, `the token is ${body.email}'s`);
    did("user", "signed an access token and opened a session; every service checks it itself");
    return buyer;
  });

  const product = await step("browse", "looks around", async ({ did }) => {
    const asked = "/api/v1/products?in_stock=true&page_size=5";
    const { products } = expect(await robin.get(asked), 200).body;
    for (const { name, price, stock } of products) {
      did("product", `${name}, ${amount(price)}, ${stock} left`);
    }
    const found = products.find(({ stock }: { stock: number }) => stock >= 2);
    ensure(found !== undefined, "the shop has nothing to sell: start the mesh with its demo data");
    return found;
  });

  const wish = (changes: object = {}) => ({
    items: [{ productId: product.id, quantity: 2 }],
    shippingAddress: {
      street: "123 Main St",
      city: "SF",
      state: "CA",
      zip: "94105",
      country: "USA",
    },
    paymentMethod: "pm_card_visa",
    ...changes,
  });

  const order = await step("order", `orders two of ${product.name}`, async ({ did }) => {
    const { body } = expect(await robin.post("/api/v1/orders", wish()), 201);
    ensure(body.status === "CONFIRMED", `order ${body.id} is ${body.status}, not CONFIRMED`);
    did("order", `opened ${body.id} and led it through the checkout`);
    did("product", `held 2 × ${product.id} at ${amount(product.price)}, then took them out`);
    const { payments } = expect(await robin.get(`/api/v1/orders/${body.id}/payments`), 200).body;
    const [payment] = payments;
    ensure(payments.length === 1 && payment.status === "SUCCEEDED", "it is not charged once");
    ensure(payment.amount.amount === body.total.amount, "what was charged is not the total");
    did("payment", `charged ${amount(body.total)} at Stripe, shipping included`);
    return body;
  });

  await step("watch", "watches it being confirmed", async ({ did }) => {
    const seen = expect(await robin.firstEvent(`/api/v1/orders/${order.id}:watch`), 200);
    ensure(seen.body?.status === "CONFIRMED", `the stream says ${seen.text || "nothing"}`);
    did("gateway", "streamed it as a server-sent event");
    const { history } = expect(await robin.get(`/api/v1/orders/${order.id}/history`), 200).body;
    const states = history.map(({ status }: { status: string }) => status);
    ensure(states.join(" ") === "PENDING CONFIRMED", `its history is ${states.join(", ")}`);
    did("order", `wrote its history: ${states.join(", then ")}`);
  });

  await step("mail", "gets a mail", (stage) => lookForMails(mailUrl, person.email, stage));

  await step("notification", "finds it in the inbox too", async ({ did }) => {
    const note = await eventually("the notification", async () => {
      const { notifications } = expect(await robin.get("/api/v1/notifications"), 200).body;
      return notifications.find(
        ({ orderId, kind }: { orderId?: string; kind: string }) =>
          orderId === order.id && kind === "ORDER_CONFIRMED",
      );
    });
    did("notification", `heard OrderConfirmed on topic orders: “${note.body}”`);
    const opened = await robin.post(`/api/v1/notifications/${note.id}:open`);
    ensure(Boolean(expect(opened, 200).body.openTime), "it cannot be opened");
  });

  await step("window", "and the admin sees it counted", async ({ did }) => {
    const admin = await signIn(anyone, "admin@tradepost.dev", DEMO_PASSWORD);
    const minute = Math.floor(Date.parse(order.updateTime) / MINUTE_MS) * MINUTE_MS;
    const { currencyCode } = order.total;
    const asked = `/api/v1/analytics/windows?currency=${currencyCode}`;
    const window = await eventually("the window", async () => {
      const { windows } = expect(await admin.get(asked), 200).body;
      return windows.find((one: Window) => holds(one, minute, BigInt(order.total.amount)));
    });
    const { orders, uniqueBuyers: buyers, revenue } = window;
    const minuteName = window.startTime.slice(11, 16);
    did("analytics", `${minuteName}: ${orders} orders by ${buyers} buyers, ${amount(revenue)}`);
  });

  await tellRefusals({ buyer: robin, wish, step });
}

interface Window {
  readonly startTime: string;
  readonly orders: number;
  readonly revenue: { readonly amount: string };
}

function holds({ startTime, orders, revenue }: Window, minute: number, total: bigint): boolean {
  return Date.parse(startTime) === minute && orders > 0 && BigInt(revenue.amount) >= total;
}

async function signIn(anyone: Api, email: string, password: string): Promise<Api> {
  const answer: Answer = await anyone.post("/api/v1/auth/login", { email, password });
  return anyone.as(expect(answer, 200).body.accessToken);
}

async function lookForMails(url: string, to: string, { did, skip }: Stage): Promise<void> {
  const ask = async () => {
    const answer = await fetch(`${url}/mails?to=${encodeURIComponent(to)}`);
    return ((await answer.json()) as { mails: { subject: string }[] }).mails;
  };
  if (!(await ask().catch(() => undefined))) {
    skip(`skipped: no mail sink answers at ${url}`);
    return;
  }
  const subjects = await eventually("the mail", async () => {
    const found = (await ask()).map(({ subject }) => subject);
    return found.some((subject) => subject.includes("order is confirmed")) ? found : undefined;
  });
  did("notification", `sent ${subjects.map((subject) => `“${subject}”`).join(", ")} to ${to}`);
}

/** `24.97 USD` */
function amount(money: { readonly currencyCode: string; readonly amount: string }): string {
  return format({ currency: money.currencyCode, amount: BigInt(money.amount) });
}
