interface KeyHandlers {
  mayDecide: boolean
  approve: (id: string) => void
  edit: (id: string) => void
  reject: (id: string) => void
  select: (id: string) => void
  undo: () => void
  help: () => void
}

/** Listens for j k a e r x u ? on the page; not while somebody types or a dialog is open. Returns what ends it. */
export function followKeys(handlers: KeyHandlers): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
    const target = event.target as HTMLElement
    const isTyping = target.matches('textarea, select, [contenteditable], input:not([type=checkbox])')
    if (isTyping) return
    const act = actOf(event.key, handlers)
    if (!act) return
    event.preventDefault()
    act()
  }
  addEventListener('keydown', listen)
  return () => removeEventListener('keydown', listen)
}

function actOf(key: string, handlers: KeyHandlers): (() => void) | undefined {
  if (key === 'j') return () => move(1)
  if (key === 'k') return () => move(-1)
  if (key === '?') return handlers.help
  if (!handlers.mayDecide) return undefined
  if (key === 'u') return handlers.undo
  const onCard = { a: handlers.approve, e: handlers.edit, r: handlers.reject, x: handlers.select }[key]
  if (!onCard) return undefined
  return () => {
    const card = currentCard() ?? cards()[0]
    const id = card?.dataset['card']
    if (!card || !id) return
    const all = cards()
    const neighbour = all[all.indexOf(card) + 1] ?? all[all.indexOf(card) - 1]
    onCard(id)
    if (key === 'a') neighbour?.focus()
  }
}

function cards(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-card]')].filter((card) => card.checkVisibility())
}

function currentCard(): HTMLElement | undefined {
  return document.activeElement?.closest<HTMLElement>('[data-card]') ?? undefined
}

function move(step: 1 | -1): void {
  const all = cards()
  const current = currentCard()
  const next = current ? all[all.indexOf(current) + step] : all[0]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}
