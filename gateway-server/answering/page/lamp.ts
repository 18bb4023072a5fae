import { html } from '../html.ts';

/** The lamp by the door. The style sheet lights it where the page's `data-lamp` says so. */
export const lamp = html`<svg class="lamp" viewBox="0 0 160 200" width="160" height="200" fill="none" stroke="currentColor" aria-hidden="true" focusable="false">
<defs><radialGradient id="glow"><stop class="glow-core" offset="0"/><stop class="glow-mid" offset=".4"/><stop class="glow-edge" offset="1"/></radialGradient></defs>
<circle class="glow" opacity="0" cx="80" cy="122" r="190" stroke="none" fill="url(#glow)"/>
<path class="iron" d="M80 0v42"/>
<circle class="iron" cx="80" cy="48" r="6"/>
<path class="roof" d="M68 58h24l26 28H42z"/>
<path class="glass" d="M50 86h60l-9 70H59z"/>
<path class="flame" opacity="0" d="M80 102c9 12 13 18 13 26a13 13 0 0 1-26 0c0-8 4-14 13-26z"/>
<path class="wick" d="M80 146v-13"/>
<path class="bars" d="M69 86l3 70M91 86l-3 70"/>
<path class="roof" d="M55 156h50l-4 12H59z"/>
<circle class="knob" cx="80" cy="174" r="4"/>
</svg>`;
