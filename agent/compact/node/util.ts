type Callback<T> = (error: Error | null, result: T) => void;

/** Turns a function that calls back into one that gives a promise. */
export function promisify<A extends unknown[], T>(work: (...args: [...A, Callback<T>]) => void) {
  return (...args: A): Promise<T> =>
    new Promise((resolve, reject) => {
      work(...args, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
}

/** Nothing here ever colours its text. */
export function stripVTControlCharacters(text: string): string {
  return text;
}
