// The package has no types; of what it takes and gives, what is used here.
declare module "mjml" {
  function mjml2html(
    source: string,
    options: { readonly validationLevel: "strict" },
  ): Promise<{ readonly html: string }>;
  export = mjml2html;
}
