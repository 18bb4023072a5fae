/** The lamp, small enough for a tab. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<path d="M16 2v4" stroke="#8d867a" stroke-width="2.5" stroke-linecap="round"/>
<path d="M12 6h8l5 6H7z" fill="#5b6472"/>
<path d="M8.500 12h15l-2 14h-11z" fill="#fbbf24"/>
<path d="M9 26h14l-1 4H10z" fill="#5b6472"/>
</svg>
`;
