import { defineDataset, field } from '../dataset.ts'

export const suppliers = defineDataset({
  name: 'suppliers',
  singular: 'supplier',
  prefix: 'sup',
  description: 'Who the business buys from, with lead time and terms.',
  time: null,
  openWhile: null,
  naturalKey: ['taxNumber', 'name'],
  fields: {
    id: field.identifier(),
    name: field.legalName('The supplier’s name.', { required: true }),
    email: field.email('E-mail address.'),
    phone: field.phone('Phone number.'),
    street: field.street('Street and number.'),
    city: field.place('Town.'),
    postcode: field.place('Postal code.'),
    country: field.country('Country.'),
    taxNumber: field.taxNumber('Tax number.'),
    iban: field.iban('Where it is paid.'),
    leadTimeDays: field.quantity('Days from order to delivery.'),
    paymentTermDays: field.quantity('Days to pay that were agreed.'),
    lateFeeRate: field.rate('What a late payment costs a month: 0.01 is 1 %.'),
    minimumOrder: field.money('The smallest order that it takes.'),
    notes: field.text('What the business noted.'),
  },
})
