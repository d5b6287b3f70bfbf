export { forgetEvents, keepEvents } from './service.ts'
export { tellOfMoney } from './money.ts'
export { openEventHub, type EventHub } from './hub.ts'
export { notificationRoutes } from './routes.ts'
