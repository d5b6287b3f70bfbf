const special: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
  ĸ: 'k',
  ŋ: 'n',
  ə: 'e',
}
const specialLetters = new RegExp(`[${Object.keys(special).join('')}]`, 'g')

// Cyrillic and Greek letters that are drawn like Latin ones (Unicode TR 39), lower case.
const lookalikes: Record<string, string> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ѕ: 's',
  і: 'i',
  ј: 'j',
  к: 'k',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  т: 't',
  у: 'y',
  х: 'x',
  ԛ: 'q',
  ԝ: 'w',
  һ: 'h',
  ѵ: 'v',
  α: 'a',
  β: 'b',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ζ: 'z',
  η: 'n',
  μ: 'm',
  γ: 'y',
}
const lookalikeLetters = new RegExp(`[${Object.keys(lookalikes).join('')}]`, 'g')
const ascii = /^[\x20-\x7e]*$/

/** Latin letters for the Cyrillic and Greek ones that look like them; other characters stay. Keeps the length. */
export function unmask(lower: string): string {
  return ascii.test(lower) ? lower : lower.replace(lookalikeLetters, (letter) => lookalikes[letter] ?? letter)
}

/** A word as names are compared: lower case, no accents, no apostrophes, look-alikes in a Latin word made Latin. */
export function foldWord(word: string): string {
  const plain = word.replace(/['’ʼ`´]/g, '').toLowerCase()
  if (ascii.test(plain)) return plain
  const bare = plain
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(specialLetters, (letter) => special[letter] ?? letter)
  return /[a-z]/.test(bare) ? unmask(bare) : bare
}
