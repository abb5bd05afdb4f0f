// Two small pages: the newest payments, and the bank's page of a 3-D Secure challenge.
import type { Intent, Setup } from "./records.ts";
import type { Store } from "./store.ts";

const NEWEST = 50;

export function newestPage(store: Store): string {
  const rows = store.tables.payment_intent.rows.slice(-NEWEST).reverse();
  const cells = rows.map(({ id, created, amount, currency, status, metadata }) => {
    const at = new Date(created * 1000).toISOString();
    const money = `${amount} ${currency}`;
    const texts = [at, id, metadata.order_id ?? "", money, status];
    return `<tr>${texts.map((text) => `<td>${escaped(text)}</td>`).join("")}</tr>`;
  });
  const head = "<tr><th>at<th>intent<th>order<th>minor units<th>status</tr>";
  const count = store.tables.payment_intent.rows.length;
  return page(
    "Stripe sandbox",
    `<p>${count} payment intents; the newest ${rows.length}:</p>` +
      `<table>${head}${cells.join("")}</table><p><a href="/_ledger">ledger</a></p>`,
  );
}

export function challengePage(intent: Intent | Setup): string {
  const button = (outcome: string, text: string) =>
    `<button name="outcome" value="${outcome}">${text}</button>`;
  const body =
    intent.status === "requires_action"
      ? `<form method="post">${button("success", "Complete")} ${button("fail", "Fail")}</form>`
      : `<p>Nothing to do: ${escaped(intent.status)}.</p>`;
  return page("3-D Secure test page", `<p>${escaped(intent.id)}</p>${body}`);
}

function page(title: string, body: string): string {
  const style = "body{font:14px system-ui;margin:2em}td,th{padding:.2em 1em;text-align:left}";
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>` +
    `<style>${style}</style><h1>${title}</h1>${body}</html>`
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
