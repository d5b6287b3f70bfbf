import type { ColumnShape } from '../csv/sniff.ts'

/** The CSV download of one bank: recognised by its column names, or where it has none by what stands in its columns. */
export interface BankLayout {
  /** `cc-bank`, as it is shown and stored. */
  name: string
  /** What the account is called where the file does not say. */
  label: string
  /** Column name and target, `;` between columns, `&` between the targets of one. Every one must be there. */
  columns?: string
  /** What the columns hold, in order, for files without a header; `any` is ignored. Longer rows are fine. */
  shapes?: readonly (ColumnShape | 'any')[]
  dateOrder: 'ymd' | 'dmy' | 'mdy'
  /** Undefined where the bank writes both, by the customer's language: then the file tells. */
  decimal?: '.' | ','
  currency?: string
  positiveMeans?: 'in' | 'out'
  outMarks?: string[]
  isAccountPerCurrency?: true
  only?: Record<string, string[]>
  encoding?: 'windows-1250'
}
