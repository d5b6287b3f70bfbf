import { toast, toastWithUndo } from '@bizq/design-system'
import { SvelteSet } from 'svelte/reactivity'
import { decideAction, decideActions, undoAction, type Action, type DecisionBody } from '#lib/api/actions.ts'
import { browserApi, newKey, type Problem } from '@bizq/app-kit/transport.ts'
import { m } from '#lib/paraglide/messages.js'
import { totalStakes } from './group.ts'

const undoMs = 6000

/** Decisions as the reader feels them: the card goes at once, the way back stays for six seconds. */
export function createDecider(refresh: () => void) {
  const gone = new SvelteSet<string>()
  let undoLast: (() => void | Promise<void>) | undefined

  function bringBack(ids: readonly string[], problem?: Problem) {
    for (const id of ids) gone.delete(id)
    if (problem) toast(problem.title, problem.detail)
    refresh()
  }

  /** Sent at once; Undo asks the platform to take it back, which holds what cannot be undone for 30 s. */
  function send(action: Action, body: DecisionBody, message: string) {
    gone.add(action.id)
    const sent = decideAction(browserApi, action.id, body, newKey()).then((answer) => {
      if (answer.problem) bringBack([action.id], answer.problem)
      else refresh()
      return !answer.problem
    })
    offerUndo(message, async () => {
      if (!(await sent)) return
      const undone = await undoAction(browserApi, action.id, newKey())
      bringBack([action.id], undone.problem)
      if (!undone.problem) toast(m.decide_undone())
    })
  }

  /** A rejection is final, so it waits here until its Undo is over, or until the page is left. */
  function sendLater(ids: readonly string[], message: string, deliver: () => Promise<void>) {
    for (const id of ids) gone.add(id)
    let isSettled = false
    const settle = () => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      removeEventListener('pagehide', settle)
      void deliver()
    }
    const timer = setTimeout(settle, undoMs)
    addEventListener('pagehide', settle)
    offerUndo(message, () => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      removeEventListener('pagehide', settle)
      bringBack(ids)
    })
  }

  function offerUndo(message: string, undo: () => void | Promise<void>) {
    undoLast = undo
    toastWithUndo({
      message,
      undoLabel: m.undo(),
      undo: () => {
        if (undoLast === undo) undoLast = undefined
        void undo()
      },
    })
  }

  return {
    gone,
    approve: (action: Action) =>
      send(action, { decision: 'approve', version: action.version }, m.decide_toast_approved({ count: 1 })),
    edit: (action: Action, parameters: Record<string, unknown>) =>
      send(action, { decision: 'edit', version: action.version, parameters }, m.decide_toast_edited()),
    reject(action: Action, reason: NonNullable<DecisionBody['reason']>) {
      sendLater([action.id], m.decide_toast_rejected({ count: 1 }), async () => {
        const body: DecisionBody = { decision: 'reject', version: action.version, reason }
        const answer = await decideAction(browserApi, action.id, body, newKey())
        if (answer.problem) bringBack([action.id], answer.problem)
        else refresh()
      })
    },
    /** Decides all at once, on the total that was in view. */
    async approveAll(actions: readonly Action[]) {
      const ids = actions.map((action) => action.id)
      for (const id of ids) gone.add(id)
      const items = actions.map((action) => ({ action: action.id, version: action.version }))
      const body = { items, decision: 'approve' as const, expectedTotal: totalStakes(actions) }
      const answer = await decideActions(browserApi, body, newKey())
      if (answer.problem) return bringBack(ids, answer.problem)
      const refusals = answer.data.items.filter((item) => item.problem)
      const taken = ids.filter((id) => !refusals.some((item) => item.action === id))
      bringBack(refusals.map((item) => item.action))
      const first = refusals[0]?.problem
      if (first) toast(m.decide_toast_some({ count: refusals.length }), first.detail ?? first.title)
      if (taken.length === 0) return
      offerUndo(m.decide_toast_approved({ count: taken.length }), async () => {
        const undone = await Promise.all(taken.map((id) => undoAction(browserApi, id, newKey())))
        bringBack(taken, undone.find((one) => one.problem)?.problem)
      })
    },
    undo() {
      const undo = undoLast
      undoLast = undefined
      if (undo) void undo()
      else toast(m.decide_nothing_to_undo())
    },
  }
}
export type Decider = ReturnType<typeof createDecider>
