/** What Stripe asks for, in words, by the end of its name. */
const words: readonly [RegExp, string][] = [
  [/^external_account/, 'A bank account to be paid to'],
  [/^tos_acceptance/, 'Your agreement to Stripe’s terms'],
  [/^business_type$/, 'Whether you are a person or a company'],
  [/^business_profile\.(mcc|product_description)/, 'What you sell'],
  [/^business_profile\.url/, 'Your website'],
  [/^business_profile\.support/, 'How your customers reach you'],
  [/verification\.additional_document/, 'A second document, such as a proof of address'],
  [/verification\.(document|proof_of_liveness)/, 'A photo of an identity document'],
  [/proof_of_registration|company\.verification/, 'A document that shows that the company is registered'],
  [/\.id_number$|\.ssn_last_4$/, 'A personal identity number'],
  [/company\.(tax_id|registration_number|vat_id)/, 'The company’s tax or registration number'],
  [/\.dob(\.|$)/, 'A date of birth'],
  [/\.address(\.|$)/, 'An address'],
  [/\.(first_name|last_name|name)$/, 'A name'],
  [/\.email$/, 'An e-mail address'],
  [/\.phone$/, 'A telephone number'],
  [
    /^(owners|directors|executives|representative)|company\.(owners|directors|executives)_provided/,
    'Who owns and directs the company',
  ],
]

/** A requirement of Stripe's in words that a person understands. */
export function requirementInWords(name: string): string {
  const known = words.find(([pattern]) => pattern.test(name))
  return known ? known[1] : `What Stripe calls ${name.replaceAll(/[._]/g, ' ')}`
}

const reasons: Record<string, string> = {
  'requirements.past_due': 'Something that Stripe asked for is late.',
  'requirements.pending_verification': 'Stripe is checking what you gave.',
  'rejected.fraud': 'Stripe closed the account.',
  'rejected.terms_of_service': 'Stripe closed the account for its terms.',
  'rejected.listed': 'Stripe closed the account.',
  'rejected.other': 'Stripe closed the account.',
  disconnected:
    'Stripe does not let the marketplace act for this account any more: it was closed, or disconnected in its settings.',
  platform_paused: 'The marketplace paused the account.',
  under_review: 'Stripe is looking at the account.',
  listed: 'Stripe is looking at the account.',
  'action_required.requested_capabilities': 'The account is not set up yet.',
}

/** Why Stripe pays nothing out, in words; null where it does. */
export function reasonInWords(reason: string | null | undefined): string | null {
  if (!reason) return null
  return reasons[reason] ?? `Stripe says ${reason.replaceAll(/[._]/g, ' ')}.`
}
