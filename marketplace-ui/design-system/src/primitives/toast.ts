import { toast as sonner } from 'svelte-sonner'

interface UndoToast {
  message: string
  undoLabel: string
  undo: () => void
  /** Runs when the toast goes without an undo. */
  settle?: () => void
}

/** Says what was done, for six seconds, with the way back. */
export function toastWithUndo({ message, undoLabel, undo, settle }: UndoToast): void {
  let isUndone = false
  const leave = () => {
    if (!isUndone) settle?.()
  }
  sonner(message, {
    action: {
      label: undoLabel,
      onClick: () => {
        isUndone = true
        undo()
      },
    },
    onAutoClose: leave,
    onDismiss: leave,
  })
}

export function toast(message: string, description?: string): void {
  sonner(message, description ? { description } : {})
}
