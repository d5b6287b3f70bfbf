/** Whether a page says what is charged: there it must also be said whether the money is real. */
export function showsPrices(path: string): boolean {
  return (
    ['/billing', '/services', '/subscriptions'].some(
      (start) => path === start || path.startsWith(`${start}/`),
    ) || /^\/businesses\/[^/]+(\/services)?$/.test(path)
  )
}
