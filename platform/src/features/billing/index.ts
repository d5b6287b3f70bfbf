import './events.ts'
export { followForBilling } from './listen.ts'
