/** Takes out of an owner's HTML what could act, and leaves what is set to be read. */
export interface Sanitiser {
  /**
   * `removed` names in plain words what was taken away, each once. Cleaning what is clean changes nothing.
   * `placeOf` says where the picture of an address lies with us, for pages whose pictures were copied.
   */
  clean(
    html: string,
    placeOf?: (source: string) => string | undefined,
  ): { readonly html: string; readonly removed: readonly string[] };
}
