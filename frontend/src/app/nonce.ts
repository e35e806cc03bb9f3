/** The page's CSP nonce, for the few style blocks libraries write at run time. Empty in development. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}
