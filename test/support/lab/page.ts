export interface PageForm {
  readonly action: string;
  /** Names and values of the fields that come filled in. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The first form of a page, as a browser would send it untouched. */
export function formIn(html: string): PageForm {
  const action = /<form[^>]* action="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`no form in this page:\n${html}`);
  const hidden = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return {
    action,
    fields: Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value])),
  };
}
