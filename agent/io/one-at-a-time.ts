/** Calls that come while the work is under way lead to one more turn of it. */
export function oneAtATime(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let isBusy = false;
  let isWanted = false;
  const turn = async () => {
    isBusy = true;
    while (isWanted) {
      isWanted = false;
      await work().catch(failed);
    }
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (!isBusy) void turn();
  };
}
