import type { Attachment } from 'svelte/attachments'

const threshold = 96

interface Sides {
  right: () => void
  left: () => void
}

/**
 * A swipe of a thumb: right and left past 96 pixels. Scrolling stays what it is. What it does is asked for when a finger
 * lands and leaves, so that a page that changes meanwhile does not take the card from under it; undefined where it does nothing.
 */
export function swipe(sides: () => Sides | undefined): Attachment<HTMLElement> {
  return (element) => {
    let start: { x: number; y: number } | undefined
    let offset = 0
    const settle = () => {
      start = undefined
      offset = 0
      element.style.translate = ''
    }
    const down = (event: PointerEvent) => {
      // A finger lands on a link or a button wherever it starts; a tap ends where it began, a swipe does not.
      const isElsewhere = (event.target as Element).closest('input, select, textarea, [role="region"]')
      if (event.pointerType === 'touch' && !isElsewhere && sides())
        start = { x: event.clientX, y: event.clientY }
    }
    const move = (event: PointerEvent) => {
      if (!start) return
      const [dx, dy] = [event.clientX - start.x, event.clientY - start.y]
      if (Math.abs(dy) > 24 && Math.abs(dx) < 24) return settle()
      if (Math.abs(dx) < 12) return
      offset = dx
      element.style.translate = `${dx}px`
    }
    const up = () => {
      const went = offset
      settle()
      if (went > threshold) sides()?.right()
      else if (went < -threshold) sides()?.left()
    }
    element.style.touchAction = 'pan-y pinch-zoom'
    element.addEventListener('pointerdown', down)
    element.addEventListener('pointermove', move)
    element.addEventListener('pointerup', up)
    element.addEventListener('pointercancel', settle)
    return () => {
      element.removeEventListener('pointerdown', down)
      element.removeEventListener('pointermove', move)
      element.removeEventListener('pointerup', up)
      element.removeEventListener('pointercancel', settle)
    }
  }
}
