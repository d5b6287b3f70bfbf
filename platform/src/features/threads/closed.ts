/** Why nothing more can be written in a thread; null while it is open. */
export function whyClosed(
  subscription: 'active' | 'paused' | 'cancelled',
  closedReason: string | null,
): string | null {
  if (closedReason !== null) return `The marketplace closed it: ${closedReason}`
  return subscription === 'cancelled' ? 'The subscription has ended. What was written stays readable.' : null
}
