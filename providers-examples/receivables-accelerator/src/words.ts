const texts = [
  {
    subject: 'A reminder from {business.name}',
    text: `Dear {customer.name},

perhaps it slipped through: our invoice of {invoice.issuedAt} over {invoice.amountDue} was due on {invoice.dueAt}, and we have not yet seen the payment. Could you have a look?

If it is already on its way, please take no notice of this message.

Kind regards
{business.name}`,
  },
  {
    subject: 'Invoice due on {invoice.dueAt} is still open',
    text: `Dear {customer.name},

{invoice.amountDue} of our invoice of {invoice.issuedAt} is still open; it was due on {invoice.dueAt}. Please pay it in the coming days, or tell us what stands in the way. We will find a solution.

Kind regards
{business.name}`,
  },
  {
    subject: 'Please settle the invoice due on {invoice.dueAt}',
    text: `Dear {customer.name},

we have written to you about our invoice of {invoice.issuedAt} before. {invoice.amountDue} has been due since {invoice.dueAt}. Please pay it now, or answer this message with the day on which we may expect your payment.

Kind regards
{business.name}`,
  },
] as const

/** What the customer reads: friendly at first, plainer with each reminder already sent. */
export function wordsAfter(remindersSent: number): { subject: string; text: string } {
  return texts[Math.min(Math.max(0, Math.floor(remindersSent)), 2)] ?? texts[0]
}
