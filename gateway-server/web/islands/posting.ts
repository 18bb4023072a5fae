/** Posts a form as the browser would, without leaving the page; false when it was not taken. */
export async function posted(form: HTMLFormElement, path: string): Promise<boolean> {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value);
  try {
    const answer = await window.fetch(path, { method: 'POST', body: fields, redirect: 'manual' });
    return answer.type === 'opaqueredirect' || answer.ok;
  } catch {
    return false;
  }
}
