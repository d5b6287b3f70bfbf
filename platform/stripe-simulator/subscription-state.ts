import type { World } from './world.ts'
import type { Invoice } from './wire.ts'

export function invoicePaid(_world: World, _invoice: Invoice): void {}
export function invoiceFailed(_world: World, _invoice: Invoice, _isLast: boolean): void {}
