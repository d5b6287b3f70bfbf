import { z } from 'zod'

/** The catalogue's categories, and what a service of each can say that it does. */
export const categories = {
  'financial/cash-flow': [
    'cash_flow_forecast',
    'payables_scheduling',
    'receivables_acceleration',
    'runway_protection',
  ],
  'financial/tax': ['tax_minimisation', 'deduction_finding', 'tax_provisioning'],
  'financial/expenses': ['expense_categorisation', 'spend_analysis', 'subscription_finding'],
  'financial/invoicing': ['invoice_processing', 'invoice_creation', 'receivables_acceleration'],
  'financial/budgeting': ['budget_forecasting', 'variance_analysis'],
  'financial/reconciliation': ['payment_reconciliation', 'duplicate_finding'],
  'financial/reporting': ['financial_reporting', 'benchmarking'],
  'marketing/ads': ['ad_budgeting', 'campaign_optimisation'],
  'marketing/content': ['content_creation', 'content_planning'],
  'marketing/seo': ['search_optimisation'],
  'marketing/email': ['email_campaigns', 'customer_reactivation'],
  'marketing/social': ['social_publishing', 'community_management'],
  'marketing/influencers': ['influencer_outreach'],
  'marketing/conversion': ['conversion_optimisation', 'basket_recovery'],
  'operations/inventory': ['demand_forecasting', 'inventory_planning', 'stock_replenishment'],
  'operations/suppliers': ['supplier_relations', 'lead_time_tracking'],
  'operations/quality': ['quality_control'],
  'operations/logistics': ['shipping_optimisation', 'delivery_tracking'],
  'operations/support': ['ticket_triage', 'ticket_replies'],
  'operations/orders': ['order_processing', 'fraud_screening'],
  'operations/returns': ['returns_handling', 'refund_handling'],
  'growth/research': ['market_research'],
  'growth/competitors': ['competitor_analysis'],
  'growth/product': ['product_development', 'assortment_planning'],
  'growth/pricing': ['price_optimisation', 'markdown_planning'],
  'growth/partnerships': ['partner_finding'],
  'growth/expansion': ['international_expansion'],
  'growth/acquisition': ['customer_acquisition', 'customer_scoring'],
  'compliance/legal': ['legal_compliance'],
  'compliance/tax-filing': ['tax_filing'],
  'compliance/licences': ['licence_management'],
  'compliance/insurance': ['insurance_optimisation'],
  'compliance/contracts': ['contract_review'],
  'compliance/regulation': ['regulatory_monitoring'],
  'compliance/privacy': ['data_privacy'],
} as const satisfies Record<string, readonly string[]>

export type Category = keyof typeof categories
export const Category = z.enum(Object.keys(categories) as [Category, ...Category[]])
export type Capability = (typeof categories)[Category][number]
