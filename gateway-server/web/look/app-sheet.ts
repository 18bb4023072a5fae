import { tokens } from '../../answering/look/tokens.ts';
import { appStyle } from './app-style.ts';

const LIGHT = /^:root \{([^}]*)\}/.exec(tokens)?.[1] ?? '';
const DARK = /prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/.exec(tokens)?.[1] ?? '';

/** The whole sheet of the portal and the console; `data-theme` on the root takes the place of what the system prefers. */
export const appSheet = `${tokens}
:root[data-theme="light"] {${LIGHT}  color-scheme: light;
}
:root[data-theme="dark"] {${LIGHT}${DARK}  color-scheme: dark;
}
${appStyle}`;
