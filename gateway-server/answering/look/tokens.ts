/** The design tokens, light and dark: the portal and the console will stand on the same ones. */
export const tokens = `:root {
  color-scheme: light dark;
  --paper: #fbf8f3;
  --card: #ffffff;
  --ink: #1e2430;
  --muted: #5b6472;
  --line: #e4ded3;
  --lamp: #b45309;
  --on-lamp: #ffffff;
  --live: #15803d;
  --suspect: #a16207;
  --off: #b91c1c;
  --edge: #8d867a;
  --iron: #6f6a62;
  --glow: #fbbf24;
  --radius: 10px;
  --shadow: 0 1px 2px rgb(30 36 48 / 4%), 0 8px 28px rgb(30 36 48 / 7%);
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11151c;
    --card: #1a202b;
    --ink: #e8e6e1;
    --muted: #a2a9b5;
    --line: #2a3240;
    --lamp: #fbbf24;
    --on-lamp: #1e2430;
    --live: #4ade80;
    --suspect: #facc15;
    --off: #f87171;
    --edge: #6b7686;
    --iron: #7a8596;
    --shadow: 0 1px 2px rgb(0 0 0 / 30%), 0 8px 28px rgb(0 0 0 / 25%);
  }
}
`;
