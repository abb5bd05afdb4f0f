/** Whom something is said to: in which language, and how dates and amounts look. Pure. */

export type Language = "en" | "es";

export interface Reader {
  /** A language tag (BCP 47), such as es-MX. */
  readonly locale: string;
  /** As the IANA's database names it. */
  readonly timeZone: string;
}

/** As tags are written, without what says more than language, script and place; undefined: none. */
export function localeOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).baseName;
  } catch {
    return undefined;
  }
}

/** English for whoever speaks what nothing is written in. */
export function languageOf(locale: string): Language {
  return isOurs(new Intl.Locale(locale).language) ?? "en";
}

/** Where dates and amounts look as they do in that language there: `fr-CA` is `en-CA`. */
export function formatLocaleOf(locale: string): string {
  const asked = new Intl.Locale(locale);
  const { region } = asked.maximize();
  return isOurs(asked.language) ? locale : region ? `en-${region}` : "en";
}

function isOurs(language: string): Language | undefined {
  return language === "en" || language === "es" ? language : undefined;
}
