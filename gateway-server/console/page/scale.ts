/** A round number not below `value`, which divides well in two: where a chart's axis ends. */
export function roundAbove(value: number): number {
  if (value <= 0) return 2;
  const step = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 5, 10].find((one) => one * step >= value) ?? 10;
  return factor * step;
}

/** Labels' heights, pushed apart to at least `gap`, in the order of `wanted`, within 0 and `height`. */
export function spread(wanted: readonly number[], gap: number, height: number): readonly number[] {
  const places = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  let least = gap / 2;
  for (const place of places) {
    place.y = Math.max(place.y, least);
    least = place.y + gap;
  }
  let most = height - gap / 2;
  for (const place of places.toReversed()) {
    place.y = Math.min(place.y, most);
    most = place.y - gap;
  }
  return places.sort((a, b) => a.index - b.index).map(({ y }) => y);
}
