/** Why a page was not copied, for its owner to read. */
export const troubles = {
  unreachable: 'nothing answered at ports 80 and 443 of your line',
  certificate: 'the certificate of your page is not good for its name',
  refused: 'the address of your line is none that the gateway may call',
  tooLate: 'your page took longer than 10 seconds',
  tooLarge: 'your page is larger than 2 MB',
  cutOff: 'your page broke off before its end',
  status: (status: number) => `your page answered with status ${status}`,
  elsewhere: 'your page leads to another name or port, which is not followed',
  circles: 'your page leads on and on',
  noHtml: 'what answered is no HTML page',
  encoded: 'your page came compressed, which was not asked for',
  forbidden: 'your page asks not to be kept (noarchive)',
  moved: 'the line changed while its page was copied',
} as const;
