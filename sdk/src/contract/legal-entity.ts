// Legal forms as they stand at the end of a company's registered name, without dots.
const forms = new Set(
  `ltd limited plc llp cic cio inc incorporated corp corporation llc pllc
  gmbh ggmbh mbh ag kg kgaa ohg ug ev gbr partg partgmbb sce
  sasu sarl eurl snc sca scop sci bv nv bvba vof srl spa sapa slu lda ltda unipessoal
  oy oyj aps ehf spzoo sro kft zrt nyrt ood eood uab epe pty pte bhd jsc pjsc fze fzco wll`.split(/\s+/),
)
// Forms that are also people's names or initials: only where the writing tells that they are not.
const ambiguous = new Set(
  'sa se as ae ab ad ou bt dd hb hf gk kk pc lp sl eg sas sia ike sau asa doo'.split(' '),
)
// Words that nobody is called by and that only organisations bear.
const bodies =
  /\b(?:university|universität|université|(?:city|county|borough|district|town|parish) council|council of|ministry of|department of|municipality|gemeinde|stadtwerke|stadtverwaltung|finanzamt|nhs|hmrc|foundation|stiftung|association|genossenschaft)\b/iu
const leading = /^(?:stichting|fundación|fondazione|asociación|société)\s/iu

/** `Sp. z o.o.`, `s. r. o.`, `& Co. KG` as one word each, so that the last word is the form. */
function joinForms(name: string): string {
  return name
    .replaceAll(/\bsp\.? *z *o\.? *o\b\.?/giu, 'spzoo')
    .replaceAll(/\bs\. *r\. *o\./giu, 's.r.o.')
    .replaceAll(/\bd\. *o\. *o\./giu, 'd.o.o.')
    .replaceAll(/\be\. *v\.?/giu, 'e.v.')
    .replaceAll(/\bs\. *a\./giu, 's.a.')
    .replaceAll(/\((?:uk|usa?|europe|international|deutschland|france|ireland|holdings?)\)/giu, '')
}

/**
 * Whether a name is clearly a legal entity's, by its legal form or a word that only organisations
 * bear. What may be a person counts as one: a sole trader's “Ann Lee Catering” is not an entity here,
 * nor is a single word, and `SA` at the end of a name in capitals may be a surname.
 */
export function looksLikeLegalEntity(name: string): boolean {
  const plain = joinForms(name.normalize('NFKC')).trim()
  const words = plain.split(/[\s,;]+/u).filter((word) => /\p{L}/u.test(word))
  const written = words.at(-1) ?? ''
  const last = written.replaceAll(/[^\p{L}]/gu, '').toLowerCase()
  if (words.length > 1 && forms.has(last)) return true
  if (words.length > 1 && ambiguous.has(last)) {
    const isDotted = /\p{L}[./]\p{L}/u.test(written)
    const isCapital = /^\p{Lu}+$/u.test(written) && /\p{Ll}/u.test(plain)
    return isDotted || isCapital
  }
  return leading.test(plain) || bodies.test(plain)
}
