import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { invoiced, paying, started } from './test/simulator.ts'

const pdf = Buffer.from('%PDF-1.7\r\n--not a boundary\r\n\0\xff', 'latin1')
const evidence = (data: Buffer, idempotencyKey?: string) =>
  [
    { purpose: 'dispute_evidence', file: { data, name: 'receipt.pdf', type: 'application/pdf' } },
    idempotencyKey ? { idempotencyKey } : {},
  ] as const
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as Stripe.errors.StripeError,
  )

async function disputed(stripe: Stripe): Promise<string> {
  const customer = await paying(stripe, 'pm_card_createDispute')
  const invoice = await invoiced(stripe, customer.id, [3_000])
  await stripe.invoices.pay(invoice.id)
  return (await stripe.disputes.list()).data[0]?.id ?? ''
}

test('a file is kept by what it is, whole, and is evidence', async () => {
  const seen: Buffer[] = []
  const { stripe } = await started({
    onRequest: ({ upload }) => void (upload && seen.push(upload.content)),
  })

  const file = await stripe.files.create(...evidence(pdf))
  const dispute = await stripe.disputes.update(await disputed(stripe), { evidence: { receipt: file.id } })

  expect(file).toMatchObject({ filename: 'receipt.pdf', type: 'pdf', size: pdf.length })
  expect(seen).toEqual([pdf])
  expect(dispute.evidence.receipt).toBe(file.id)
  expect((await stripe.files.retrieve(file.id)).purpose).toBe('dispute_evidence')
})

test('a file of another kind or beyond 5 MB is refused, however it is called', async () => {
  const { stripe } = await started()
  const large = Buffer.concat([pdf, Buffer.alloc(5 * 1_024 * 1_024)])

  const errors = [
    await refused(stripe.files.create(...evidence(Buffer.from('<html>')))),
    await refused(stripe.files.create(...evidence(large))),
  ]

  expect(errors).toMatchObject([
    { statusCode: 400, param: 'file' },
    { statusCode: 400, param: 'file' },
  ])
})

test('the same key with another file is refused, with the same it is the same file', async () => {
  const { stripe } = await started()
  const upload = (data: Buffer) => stripe.files.create(...evidence(data, 'receipt:1'))

  const [first, again] = [await upload(pdf), await upload(pdf)]
  const error = await refused(upload(Buffer.concat([pdf, pdf])))

  expect(again.id).toBe(first.id)
  expect(error).toMatchObject({ type: 'StripeIdempotencyError' })
})

test('evidence is refused where it names no file or says too much', async () => {
  const { stripe } = await started()
  const dispute = await disputed(stripe)
  const give = (given: Stripe.DisputeUpdateParams.Evidence) =>
    refused(stripe.disputes.update(dispute, { evidence: given }))

  expect(await give({ receipt: 'file_1' })).toMatchObject({ param: 'evidence[receipt]' })
  expect(await give({ uncategorized_text: 'a'.repeat(20_001) })).toMatchObject({
    param: 'evidence[uncategorized_text]',
  })
})
