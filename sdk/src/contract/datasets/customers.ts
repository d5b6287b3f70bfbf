import { defineDataset, field } from '../dataset.ts'

export const customers = defineDataset({
  name: 'customers',
  singular: 'customer',
  prefix: 'cus',
  description: 'Who buys.',
  time: null,
  openWhile: null,
  naturalKey: ['email', 'name'],
  fields: {
    id: field.identifier(),
    name: field.personName('The customer’s name, a person’s or a company’s.'),
    company: field.legalName('The company that the customer buys for.'),
    email: field.email('E-mail address.'),
    phone: field.phone('Phone number.'),
    street: field.street('Street and number.'),
    city: field.place('Town.'),
    postcode: field.place('Postal code.'),
    region: field.region('State, province or county.'),
    country: field.country('Country.'),
    taxNumber: field.taxNumber('Tax number.'),
    since: field.date('The first day that the business knew of.', { classification: 'personal' }),
    acceptsMarketing: field.boolean('Whether the customer agreed to marketing.'),
    paymentTermDays: field.quantity('Days to pay that were agreed.'),
    notes: field.text('What the business noted.'),
  },
})
