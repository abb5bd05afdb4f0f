import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { codeLetterOf, digestOf, noticeOf, type Told } from "./letters.ts";
import { openTemplates } from "./rendering.ts";
import { TEMPLATES } from "./templates/built.ts";

const reader = { locale: "en", timeZone: "UTC" };
const time = new Date("2026-11-21T19:12:00Z");
const evil = `<script>alert("1")</script>&'`;

function reminder(title: string, body: string): Told {
  return { kind: "REMINDER", occasion: { title, body }, words: { title: "", body: "" }, time };
}

describe("a mail's template", () => {
  const render = openTemplates();

  it("lets no value become HTML", () => {
    const welcome: Told = {
      kind: "WELCOME",
      occasion: { fullName: evil },
      words: { title: "", body: "" },
      time,
    };
    const expireTime = time;
    for (const letter of [
      noticeOf(reminder(evil, evil), reader),
      noticeOf(
        { ...reminder(evil, evil), occasion: null, words: { title: evil, body: evil } },
        reader,
      ),
      noticeOf({ ...welcome, kind: "ORDER_SHIPPED", occasion: { orderId: evil } }, reader),
      noticeOf(welcome, reader),
      codeLetterOf("RESET_PASSWORD", { token: evil, expireTime }, reader),
      digestOf([reminder(evil, evil), welcome], reader),
    ]) {
      const { html, text } = render(letter);
      assert.doesNotMatch(html, /<script|alert\("|&'/, letter.template);
      assert.ok(html.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"));
      assert.ok(text.includes(evil), "the text is no HTML");
    }
  });

  it("keeps the lines of what somebody planned", () => {
    const { html, text } = render(noticeOf(reminder("Call", "Ann\n\nand Ben"), reader));
    assert.match(html, /<p[^>]*>Ann<\/p>\s*<p[^>]*>and Ben<\/p>/);
    assert.match(text, /^Ann\n\nand Ben\n/);
  });

  it("says what was told by a release that kept only the words", () => {
    const old = {
      ...reminder("", ""),
      occasion: null,
      words: { title: "Old", body: "As it was." },
    };
    const letter = noticeOf(old, { ...reader, locale: "es" });
    assert.equal(letter.subject, "Old");
    assert.match(render(letter).text, /^As it was\.\n\nFecha: 21 de noviembre de 2026/);
  });

  it("that is missing, or none, is said at the start", () => {
    const { code: _, ...rest } = TEMPLATES;
    assert.throws(() => openTemplates(rest), /no mail template "code": npm run build makes it/);
    const broken = { ...TEMPLATES, digest: "<% for ( %>" };
    assert.throws(() => openTemplates(broken), /mail template "digest" failed/);
  });

  it("that throws says which it was, and why", () => {
    const throwing = openTemplates({ ...TEMPLATES, notice: "<%= it.nothing.here %>" });
    assert.throws(
      () => throwing(noticeOf(reminder("a", "b"), reader)),
      /"notice" failed: .*nothing|undefined/,
    );
  });
});
