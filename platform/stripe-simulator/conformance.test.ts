import { beforeAll, expect, test } from 'vitest'
import { differences } from './differences.ts'
import { startStripeSimulator, type SeenRequest } from './index.ts'
import { routes } from './routes.ts'
import { createJudge } from './test/conforms.ts'
import { doEverything } from './test/everything/index.ts'
import { secretKey, withClient } from './test/simulator.ts'

const seen: SeenRequest[] = []
const patternOf = (route: string) => new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(':', '[^/]+')}$`)
const onlyWords = (problems: string[]) => [...new Set(problems)]

beforeAll(async () => {
  const simulator = await startStripeSimulator({
    port: 0,
    secretKey,
    seed: 'all',
    onRequest: (each) => seen.push(each),
  })
  await doEverything(withClient(simulator))
  await simulator.close()
})

test('every answer and every object within it conforms to what Stripe says of itself', () => {
  const { conforms } = createJudge()

  expect(onlyWords(seen.flatMap((each) => conforms(each.object)))).toEqual([])
})

test('every request that stripe-node sends conforms to what Stripe says of itself', () => {
  const { requestProblems } = createJudge()

  expect(onlyWords(seen.flatMap(requestProblems))).toEqual([])
})

test('every route is asked for by stripe-node', () => {
  const asked = seen.map((each) => `${each.method} ${each.path}`)
  const missing = routes.filter(
    ([method, path]) => !asked.some((each) => patternOf(`${method} ${path}`).test(each)),
  )

  expect(missing.map(([method, path]) => `${method} ${path}`)).toEqual([])
})

test.for(differences)('$of still differs in $field', (difference) => {
  const others = differences.filter((each) => each !== difference)
  const isOfRequest = difference.of.includes(' /')
  const asked = seen.filter((each) => patternOf(difference.of).test(`${each.method} ${each.path}`))

  const problems = isOfRequest
    ? asked.flatMap(createJudge(others).requestProblems)
    : seen.map((each) => each.object).flatMap(createJudge(others, difference.of).conforms)

  expect(problems).not.toEqual([])
})

test('an object that Stripe would never answer does not conform, nor a request that it would refuse', () => {
  const { conforms, requestProblems } = createJudge()
  const customer = seen.find((each) => each.path === '/v1/customers' && each.method === 'POST')?.object

  expect(conforms({ ...(customer as object), balance: 'much' })).toEqual(['customer/balance must be integer'])
  expect(
    requestProblems({
      method: 'POST',
      path: '/v1/transfers',
      params: { amount: 'much', currency: 'usd', destination: 'acct_1' },
    }),
  ).toEqual(['POST /v1/transfers/amount must be integer'])
})
