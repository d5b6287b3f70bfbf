import type { World } from './world.ts'

export function renew(_world: World, _id: string): void {}
export function endTrial(_world: World, _id: string): void {}
export function remindOfTrial(_world: World, _id: string): void {}
export function endSubscription(_world: World, _id: string): void {}
