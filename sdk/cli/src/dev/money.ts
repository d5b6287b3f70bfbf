import { Money } from '@bizq/sdk/contract'

/** Every amount within a value, through `change`. */
export function changeMoney(value: unknown, change: (money: Money) => Money): unknown {
  const money = Money.strict().safeParse(value)
  if (money.success) return change(money.data)
  if (Array.isArray(value)) return value.map((each) => changeMoney(each, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changeMoney(each, change)]))
}
