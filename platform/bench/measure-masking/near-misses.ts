import type { Identity } from './identities.ts'
import type { Random } from './random.ts'
import { type Maker, nearCard, nearIban } from './values.ts'
import type { Split } from './templates.ts'

const order: Maker = (_, random) => random.digits(8)
const long: Maker = (_, random) => `1${random.digits(9)}`
const amount: Maker = (_, random) => `${1 + random.below(9)},${random.digits(3)}.${random.digits(2)}`
const count: Maker = (_, random) => String(2 + random.below(90))
const date: Maker = (_, random) =>
  `${2020 + random.below(6)}-0${1 + random.below(9)}-${10 + random.below(18)}`
const sku: Maker = (_, random) => `${random.letters(3)}-${random.digits(4)}-${random.letters(1)}`
const product: Maker = (_, random) =>
  random.pick([
    'red mug',
    'Jumbo Bag',
    'LED lamp',
    'Garden Chair',
    'Rose Candle',
    'Oak Table',
    'Summer Dress',
    'Pearl Necklace',
    'Amber Glass',
    'Heather Scarf',
  ])
const brand: Maker = (_, random) =>
  random.pick(['Shopify', 'PayPal', 'Amazon', 'Stripe', 'DHL', 'FedEx', 'Hermes', 'Dell', 'Ford', 'Ikea'])

export const fillers: Readonly<Record<string, Maker>> = {
  order,
  long,
  amount,
  count,
  date,
  sku,
  product,
  brand,
  card: (_: Identity, random: Random) => nearCard(random),
  iban: (_: Identity, random: Random) => nearIban(random),
}

/** Sentences in which nothing is personal, though something looks so, by the type that it looks like. */
export const nearMisses: Readonly<Record<string, Readonly<Record<Split, readonly string[]>>>> = {
  email: {
    development: [
      '{count} pcs @ {amount} each',
      'Meet us at the fair at noon, stand {count}',
      'sold at {brand} for {amount}',
      'follow @shop on social media',
      'look at example.com for sizes',
    ],
    'held-out': [
      'price @ {amount} per box',
      'Available at {brand} and online',
      'Find our range at shop.example.com',
      'tag us @ the summer fair',
      '{product} @{count}% off',
    ],
  },
  card: {
    development: ['Order number {card} is late', 'parcel {card} lost', 'barcode {card}'],
    'held-out': [
      'tracking {card} shows no movement',
      'reference {card} on the delivery note',
      'Serial no. {card} of the {product}',
    ],
  },
  iban: {
    development: ['code {iban} was refused', 'part {sku} of lot {order}'],
    'held-out': ['voucher {iban} does not work', 'model {sku} from batch {order}'],
  },
  phone: {
    development: [
      'Order {order} arrived on {date}',
      'Invoice no. {long} of {amount} EUR',
      '{count} boxes of {product}',
      'ISBN 978-3-16-148410-0',
      'version 2.{count}.1',
    ],
    'held-out': [
      'PO {long} is overdue since {date}',
      'Ticket #{order}: {count} items missing',
      'SKU {sku} x {count}',
      'total {amount} on {date}',
      'EAN 4006381333931',
      'Lot {order} expires {date}',
    ],
  },
  person: {
    development: [
      'The {product} arrived broken',
      'Please send {count} more of the {product}',
      'Thanks for the quick delivery!',
      '{brand} payment received',
      'Will ship on Monday',
      'May we get a discount in June?',
      'Vielen Dank für die schnelle Lieferung',
      'Merci beaucoup pour votre commande',
      'Happy Birthday card, please add',
    ],
    'held-out': [
      'I love my new {product}',
      'When will the {product} be back in stock?',
      'Great service, will order again',
      'Paid through {brand} on {date}',
      'Hope it arrives before Easter',
      'Please call before delivery',
      'Can I exchange the {product} for a larger one?',
      'Die Ware war leider beschädigt',
      'Le colis est arrivé ouvert',
      'El paquete llegó tarde',
      'Leave it at the back door',
      'Mark the box as fragile',
      'INVOICE PAYMENT {brand} {order}',
      'Grant access to the accountant on Friday',
      'Dear customer service team',
    ],
  },
  address: {
    development: [
      '{count} people in the way',
      'Deliver to the usual place',
      'The road was closed for {count} hours',
      'Send {count} boxes to the warehouse',
    ],
    'held-out': [
      'Shipped {count} parcels on the way',
      'Send it to the office please',
      '{count} days in a row without news',
      'In May {count} orders were late',
      'Drive safely, {count} km to go',
      'Room for {count} more on the shelf',
    ],
  },
  'tax-number': {
    development: ['VAT 20 percent is included'],
    'held-out': ['incl. VAT of {amount}', 'tax rate {count}%'],
  },
  'national-id': {
    development: ['part number {sku}'],
    'held-out': ['batch {sku} of {date}', 'order {order}-{count}'],
  },
  'birth-date': { development: ['delivered {date}'], 'held-out': ['Invoice date {date}', 'paid on {date}'] },
  ip: {
    development: ['version 1.{count}.0 of the app'],
    'held-out': ['firmware 2.0.{count}', 'chapter 1.2.3'],
  },
}
