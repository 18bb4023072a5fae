/**
 * The scripts of the pages, each bundled from `islands/NAME.ts`. Pages work without them where nothing else is said;
 * `editor` is large and only loaded where HTML is edited.
 */
export const ISLANDS = ['visitor', 'portal', 'editor', 'console'] as const;
type IslandName = (typeof ISLANDS)[number];

/** JavaScript text by name. */
export type Islands = Readonly<Record<IslandName, string>>;
