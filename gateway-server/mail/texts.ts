/** Every word of the mails. A translation is another object of this shape. */
export const mailTexts = {
  confirm: {
    subject: (domain: string) => `Shall we tell you when ${domain} is back?`,
    text: (
      domain: string,
      link: string,
      cancelLink: string,
    ) => `Somebody, most likely you, asked to be told at this address when ${domain} is on-line again.

Open this page and say yes there:

  ${link}

Then you get one mail when the line is back, and your address is forgotten.

If it was not you, do nothing: without a yes the address is forgotten within two days.
To have it forgotten at once, now or later:

  ${cancelLink}
`,
  },

  back: {
    subject: (domain: string) => `${domain} is back`,
    text: (domain: string) => `${domain} is on-line again:

  http://${domain}/

You asked for this one mail. Your address is now forgotten here; no further mail comes.
`,
  },
} as const;
