import type { Block } from './blocks.ts';

/** docs/figures.md: the same table that the conformance run ticks. */
export function figuresPage(blocks: readonly Block[]): string {
  const tableOf = (figure: 4 | 5) =>
    [
      '| block | what it does | file | test |',
      '| ----- | ------------ | ---- | ---- |',
      ...blocks.filter((block) => block.figure === figure).map(rowOf),
    ].join('\n');
  return `# The 43 blocks

Figure 4 is the agent, Figure 5 the gateway. \`npm run conformance\` replays the story on real parts (dnsmasq, udhcpc, fping, dig, curl in
network namespaces), ticks each block whose log line was seen and whose assertion held in that run, and ends with \`43 of 43\` or a
non-zero exit. The log line of a block carries its number as \`block\`.

The order in which an agent logs them is 400, 404, 408, 412, 440, 420, 424, 428, 432, 436, 444, 448, 452, 456, 460: announcements come
with the subscription and the away report with \`live\`, so 420 to 436 follow the wait of 440. When the claimed set is published already,
\`live\` comes at once and 412 and 440 are passed over.

## Figure 4, the agent

${tableOf(4)}

## Figure 5, the gateway

${tableOf(5)}
`;
}

function rowOf({ number, does, file, test }: Block): string {
  return `| ${number} | ${does} | [${file}](../${file}) | [${test}](../${test}) |`;
}
