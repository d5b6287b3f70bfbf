import { z } from 'zod'
import type { DatasetDefinition } from '../dataset.ts'
import { accounts } from './accounts.ts'
import { transactions } from './transactions.ts'
import { invoices } from './invoices.ts'
import { bills } from './bills.ts'
import { orders } from './orders.ts'
import { orderLines } from './order-lines.ts'
import { customers } from './customers.ts'
import { products } from './products.ts'
import { inventory } from './inventory.ts'
import { suppliers } from './suppliers.ts'
import { purchaseOrders } from './purchase-orders.ts'
import { campaigns } from './campaigns.ts'
import { adSpend } from './ad-spend.ts'
import { tickets } from './tickets.ts'

/** The fourteen canonical datasets, v1, in the order in which references allow them to be filled. */
export const datasets = {
  suppliers,
  customers,
  accounts,
  products,
  inventory,
  invoices,
  bills,
  transactions,
  orders,
  orderLines,
  purchaseOrders,
  campaigns,
  adSpend,
  tickets,
}
export type DatasetName = keyof typeof datasets
export const datasetNames = Object.keys(datasets) as [DatasetName, ...DatasetName[]]
export const DatasetName = z.enum(datasetNames)

/** The definition of a dataset with its fields as a plain record. */
export function datasetOf(name: DatasetName): DatasetDefinition {
  return datasets[name]
}
