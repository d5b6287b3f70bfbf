/** English for every action type. Placeholders are `{record.field}` and `{parameter}`; a part in `[…]` is left out when a value in it is missing. */
export const en = {
  actions: {
    'bill.reschedule': {
      name: 'Move a bill',
      sentence: 'Move [{bill.supplier.name}’s |a ]bill of {bill.amountDue} from {bill.dueAt} to {dueAt}',
      carryOver:
        'In your bookkeeping, move [{bill.supplier.name}’s |the ]bill[ {bill.number}] of {bill.amountDue} to {dueAt}',
    },
    'invoice.remind': {
      name: 'Remind of an invoice',
      sentence:
        'Remind [{invoice.customer.name}|the customer] of[ invoice {invoice.number} over] {invoice.amountDue}, due {invoice.dueAt}',
      noUndo: 'A reminder that was sent cannot be taken back.',
    },
    'invoice.offer_discount': {
      name: 'Offer a discount',
      sentence:
        'Offer [{invoice.customer.name}|the customer] {rate} off {invoice.amountDue} for paying by {until}',
      carryOver: 'In your bookkeeping, note {rate} off invoice[ {invoice.number}] if it is paid by {until}',
      noUndo: 'The customer has been told of the discount; it cannot be taken back.',
    },
    'price.change': {
      name: 'Change a price',
      sentence: 'Change the price of {product.title}[ from {product.price}] to {price}',
      carryOver: 'In your shop, set the price of {product.title} to {price}',
    },
    'stock.reorder': {
      name: 'Reorder stock',
      sentence:
        'Order {quantity} of {product.title}[ from {supplier.name}| from {product.supplier.name}|][ to arrive by {expectedAt}]',
      carryOver:
        'Send the order for {quantity} of {product.title}[ to {supplier.name}| to {product.supplier.name}|]',
    },
    'ad_budget.change': {
      name: 'Change an ad budget',
      sentence:
        'Change the daily budget of {campaign.name} on {campaign.platform}[ from {campaign.dailyBudget}] to {dailyBudget}',
      carryOver: 'On {campaign.platform}, set the daily budget of {campaign.name} to {dailyBudget}',
    },
    'expense.categorise': {
      name: 'Categorise an expense',
      sentence:
        'Put {transaction.amount}[ ({transaction.counterpartyText})| ({transaction.description})|] of {transaction.bookedAt} into {category}',
      carryOver:
        'In your bookkeeping, put {transaction.amount}[ ({transaction.counterpartyText})| ({transaction.description})|] of {transaction.bookedAt} into {category}',
    },
    'payment.match': {
      name: 'Match a payment',
      sentence:
        'Match {transaction.amount} of {transaction.bookedAt} to [{invoice.customer.name}’s invoice of {invoice.amountDue}|the invoice of {invoice.amountDue}|{bill.supplier.name}’s bill of {bill.amountDue}|the bill of {bill.amountDue}]',
      carryOver:
        'In your bookkeeping, match {transaction.amount} of {transaction.bookedAt} to [invoice {invoice.number}|the invoice of {invoice.amountDue}|bill {bill.number}|the bill of {bill.amountDue}]',
    },
    'refund.issue': {
      name: 'Refund an order',
      sentence:
        'Refund {amount} of {order.total}[ to {order.customer.name}] for order[ {order.number}] ({reason})',
      carryOver: 'In your shop, refund {amount} for order[ {order.number}]',
      noUndo: 'Money that was paid back cannot be called back.',
    },
    'email.send': {
      name: 'Send an e-mail',
      sentence: 'Send [{customer.name}|{supplier.name}|the recipient] the e-mail “{subject}”',
      noUndo: 'An e-mail that was sent cannot be taken back.',
    },
    'ticket.reply': {
      name: 'Reply to a ticket',
      sentence: 'Reply to [{ticket.customer.name}|the customer][ about “{ticket.subject}”]',
      carryOver: 'In your help desk, note the reply to ticket[ {ticket.number}]',
      noUndo: 'A reply that was sent cannot be taken back.',
    },
    'task.create': {
      name: 'Create a task',
      sentence: 'Put “{title}” on the task list[, due {dueAt}]',
    },
  },
  mail: {
    'invoice.remind': {
      subject: 'A reminder of your invoice due {invoice.dueAt}',
      text: `Hello {customer.name},

{invoice.amountDue} of our invoice, due on {invoice.dueAt}, is still open. If you have already paid, please disregard this note. If something about the invoice is not right, just answer this e-mail.

Kind regards
{business.name}`,
    },
    'invoice.offer_discount': {
      subject: '{invoice.discountRate} off your invoice',
      text: `Hello {customer.name},

{invoice.amountDue} of our invoice is due on {invoice.dueAt}. If you pay by {invoice.discountUntil}, you may take {invoice.discountRate} off.

Kind regards
{business.name}`,
    },
    'ticket.reply': { subject: 'Re: {ticket.subject}' },
  },
  preconditions: {
    'already-matched': 'The transaction is matched already.',
    'amount-too-high': 'The amount is more than what is left.',
    'currency-differs': 'The currencies differ.',
    'date-in-the-past': 'The date lies in the past.',
    'direction-differs': 'Money in cannot pay a bill, and money out cannot pay an invoice.',
    'marketing-not-agreed': 'The recipient has not agreed to marketing.',
    'no-email-address': 'There is no e-mail address on record.',
    'not-active': 'It is no longer active.',
    'not-open': 'It is no longer open.',
    'not-paid': 'The order is not paid.',
    'template-value-missing': 'A value that the text names is missing.',
    unchanged: 'It is so already.',
    'unknown-category': 'The category is not on your list.',
  },
  reasons: {
    'wrong-facts': 'The facts are wrong',
    'bad-timing': 'Not now',
    'amount-too-high': 'Too much',
    'amount-too-low': 'Too little',
    relationship: 'Not with this customer or supplier',
    tone: 'Not in these words',
    'already-done': 'Already done',
    'not-wanted': 'We do not want this',
    other: 'Another reason',
  },
  choices: {
    damaged: 'damaged',
    late: 'late',
    'not-as-described': 'not as described',
    cancelled: 'cancelled',
    goodwill: 'goodwill',
    duplicate: 'duplicate',
    service: 'service',
    marketing: 'marketing',
  },
} as const
