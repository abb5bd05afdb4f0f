import type { Mail, MailSummary } from "./mailbox.ts";
import type { Text } from "./texts.ts";

const STYLE = `
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto }
  table { border-collapse: collapse; width: 100% }
  td, th { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8884 }
  iframe { width: 100%; height: 36rem; border: 1px solid #8884; background: #fff }
  pre { white-space: pre-wrap }
  :root { color-scheme: light dark }`;

export function listPage(mails: readonly MailSummary[]): string {
  const rows = mails.map(
    ({ id, to, subject, receivedAt }) =>
      `<tr><td>${escapeHtml(receivedAt.slice(0, 19).replace("T", " "))}</td>` +
      `<td>${escapeHtml(to.join(", "))}</td>` +
      `<td><a href="/mails/${id}.html">${escapeHtml(subject || "(no subject)")}</a></td></tr>`,
  );
  const head = "<tr><th>received (UTC)</th><th>to</th><th>subject</th></tr>";
  const body = rows.length
    ? `<table>${head}${rows.join("")}</table>`
    : "<p>No mail yet. Place an order and look again.</p>";
  return page("Mails", `<p><a href="/texts.html">SMS</a></p><h1>Mails</h1>${body}`);
}

export function textsPage(texts: readonly Text[]): string {
  const rows = texts.map(
    ({ to, text, receivedAt }) =>
      `<tr><td>${escapeHtml(receivedAt.slice(0, 19).replace("T", " "))}</td>` +
      `<td>${escapeHtml(to)}</td><td>${escapeHtml(text)}</td></tr>`,
  );
  const head = "<tr><th>received (UTC)</th><th>to</th><th>text</th></tr>";
  const body = rows.length ? `<table>${head}${rows.join("")}</table>` : "<p>No SMS yet.</p>";
  return page("SMS", `<p><a href="/">mails</a></p><h1>SMS</h1>${body}`);
}

/** The mail's HTML is a stranger's: it is shown without scripts, forms or our origin. */
export function mailPage({ from, to, subject, receivedAt, text, html }: Mail): string {
  const shown = html
    ? `<iframe sandbox title="mail" srcdoc="${escapeHtml(html)}"></iframe>`
    : `<pre>${escapeHtml(text)}</pre>`;
  const about = `${from} to ${to.join(", ")}, ${receivedAt}`;
  const head = `<p><a href="/">all mails</a></p><h1>${escapeHtml(subject)}</h1>`;
  return page(subject, `${head}<p>${escapeHtml(about)}</p>${shown}`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style></head><body>${body}</body></html>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
