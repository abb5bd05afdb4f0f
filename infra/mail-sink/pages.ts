import type { Mail, MailSummary } from "./mailbox.ts";
import { SAMPLE_KINDS, SAMPLE_LOCALES, type Sample } from "./samples.ts";
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
  const samples = '<p><a href="/samples">what each kind of mail looks like</a></p>';
  const texts = '<p><a href="/texts.html">SMS</a></p>';
  return page("Mails", `<h1>Mails</h1>${body}${texts}${samples}`);
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
  const about = `${from} to ${to.join(", ")}, ${receivedAt}`;
  const head = `<p><a href="/">all mails</a></p><h1>${escapeHtml(subject)}</h1>`;
  return page(subject, `${head}<p>${escapeHtml(about)}</p>${bothParts(html, text)}`);
}

/** Every template with made-up data, in each language. */
export function samplesPage(): string {
  const links = SAMPLE_KINDS.map((kind) => {
    const cells = SAMPLE_LOCALES.map(
      (locale) => `<td><a href="/samples/${locale}/${kind}">${locale}</a></td>`,
    );
    return `<tr><td>${kind}</td>${cells.join("")}</tr>`;
  });
  const head = '<p><a href="/">all mails</a></p><h1>Samples</h1>';
  return page("Samples", `${head}<table>${links.join("")}</table>`);
}

export function samplePage({ subject, preheader, html, text }: Sample): string {
  const head = `<p><a href="/samples">all samples</a></p><h1>${escapeHtml(subject)}</h1>`;
  return page(subject, `${head}<p>${escapeHtml(preheader)}</p>${bothParts(html, text)}`);
}

function bothParts(html: string, text: string): string {
  const shown = html && `<iframe sandbox title="mail" srcdoc="${escapeHtml(html)}"></iframe>`;
  return `${shown}<h2>Text</h2><pre>${escapeHtml(text)}</pre>`;
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
