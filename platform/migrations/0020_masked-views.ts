import { sql, type Kysely } from 'kysely'

/** Makes it possible to read a business's data masked, and for the masked role only so; printed by scripts/masked-views.ts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create view masked.suppliers as select
    t.seq,
    'sup_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    case when t."name_is_entity" then t."name" end as "name",
    t."country" as "country",
    t."lead_time_days" as "lead_time_days",
    t."payment_term_days" as "payment_term_days",
    t."late_fee_rate" as "late_fee_rate",
    (t."minimum_order" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."minimum_order" < 0 then -500 else 500 end) / 1000 as "minimum_order",
    case when t."notes" is not null then coalesce(
      case when jsonb_array_length(t."notes_segments") = 1 then t."notes_segments" #>> '{0,text}' end,
      case when t."notes_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."notes_segments") with ordinality as parts (segment, place)) end) end as "notes",
    t.currency
    from data.suppliers t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.suppliers to bizq_masked',
  `create view masked.customers as select
    t.seq,
    'cus_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    case when t."company_is_entity" then t."company" end as "company",
    t."region" as "region",
    t."country" as "country",
    t."since" as "since",
    t."accepts_marketing" as "accepts_marketing",
    t."payment_term_days" as "payment_term_days",
    case when t."notes" is not null then coalesce(
      case when jsonb_array_length(t."notes_segments") = 1 then t."notes_segments" #>> '{0,text}' end,
      case when t."notes_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."notes_segments") with ordinality as parts (segment, place)) end) end as "notes"
    from data.customers t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.customers to bizq_masked',
  `create view masked.accounts as select
    t.seq,
    'acc_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_accounts', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    case when t."name" is not null then coalesce(
      case when jsonb_array_length(t."name_segments") = 1 then t."name_segments" #>> '{0,text}' end,
      case when t."name_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."name_segments") with ordinality as parts (segment, place)) end) end as "name",
    t."kind" as "kind",
    t."currency" as "currency",
    (t."balance" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."balance" < 0 then -500 else 500 end) / 1000 as "balance",
    t."balance_at" as "balance_at"
    from data.accounts t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.accounts to bizq_masked',
  `create view masked.products as select
    t.seq,
    'prd_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_products', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    case when t."title" is not null then coalesce(
      case when jsonb_array_length(t."title_segments") = 1 then t."title_segments" #>> '{0,text}' end,
      case when t."title_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."title_segments") with ordinality as parts (segment, place)) end) end as "title",
    t."category" as "category",
    (t."price" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."price" < 0 then -500 else 500 end) / 1000 as "price",
    (t."cost" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."cost" < 0 then -500 else 500 end) / 1000 as "cost",
    'sup_' || encode(encrypt(uuid_send(t."supplier"), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "supplier",
    t."is_active" as "is_active",
    t.currency
    from data.products t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.products to bizq_masked',
  `create view masked.inventory as select
    t.seq,
    'stk_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_inventory', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'prd_' || encode(encrypt(uuid_send(t."product"), (select decode(nullif(current_setting('bizq.key_products', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "product",
    t."location" as "location",
    t."on_hand" as "on_hand",
    t."committed" as "committed",
    t."incoming" as "incoming",
    t."reorder_point" as "reorder_point",
    t."counted_at" as "counted_at"
    from data.inventory t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.inventory to bizq_masked',
  `create view masked.invoices as select
    t.seq,
    t."issued_at" as at,
    'inv_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_invoices', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'cus_' || encode(encrypt(uuid_send(t."customer"), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "customer",
    t."issued_at" as "issued_at",
    t."due_at" as "due_at",
    t."paid_at" as "paid_at",
    (t."amount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."amount" < 0 then -500 else 500 end) / 1000 as "amount",
    (t."tax_amount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."tax_amount" < 0 then -500 else 500 end) / 1000 as "tax_amount",
    (t."amount_due" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."amount_due" < 0 then -500 else 500 end) / 1000 as "amount_due",
    t."status" as "status",
    t."reminded_at" as "reminded_at",
    t."reminders_sent" as "reminders_sent",
    t."discount_rate" as "discount_rate",
    t."discount_until" as "discount_until",
    t."category" as "category",
    case when t."notes" is not null then coalesce(
      case when jsonb_array_length(t."notes_segments") = 1 then t."notes_segments" #>> '{0,text}' end,
      case when t."notes_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."notes_segments") with ordinality as parts (segment, place)) end) end as "notes",
    t.currency
    from data.invoices t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.invoices to bizq_masked',
  `create index on data.invoices (organisation_id, business_id, "issued_at", seq) where "status" in ('open')`,
  `create view masked.bills as select
    t.seq,
    t."issued_at" as at,
    'bil_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_bills', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'sup_' || encode(encrypt(uuid_send(t."supplier"), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "supplier",
    t."issued_at" as "issued_at",
    t."due_at" as "due_at",
    t."paid_at" as "paid_at",
    (t."amount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."amount" < 0 then -500 else 500 end) / 1000 as "amount",
    (t."tax_amount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."tax_amount" < 0 then -500 else 500 end) / 1000 as "tax_amount",
    (t."amount_due" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."amount_due" < 0 then -500 else 500 end) / 1000 as "amount_due",
    t."status" as "status",
    t."category" as "category",
    case when t."notes" is not null then coalesce(
      case when jsonb_array_length(t."notes_segments") = 1 then t."notes_segments" #>> '{0,text}' end,
      case when t."notes_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."notes_segments") with ordinality as parts (segment, place)) end) end as "notes",
    t.currency
    from data.bills t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.bills to bizq_masked',
  `create index on data.bills (organisation_id, business_id, "issued_at", seq) where "status" in ('open')`,
  `create view masked.transactions as select
    t.seq,
    t."booked_at" as at,
    'txn_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_transactions', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'acc_' || encode(encrypt(uuid_send(t."account"), (select decode(nullif(current_setting('bizq.key_accounts', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "account",
    t."booked_at" as "booked_at",
    t."value_at" as "value_at",
    (t."amount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."amount" < 0 then -500 else 500 end) / 1000 as "amount",
    'cpy_' || encode(encrypt(uuid_send(t."counterparty"), (select decode(nullif(current_setting('bizq.key_counterparties', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "counterparty",
    case when t."counterparty_text" is not null then coalesce(
      case when jsonb_array_length(t."counterparty_text_segments") = 1 then t."counterparty_text_segments" #>> '{0,text}' end,
      case when t."counterparty_text_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."counterparty_text_segments") with ordinality as parts (segment, place)) end) end as "counterparty_text",
    case when t."description" is not null then coalesce(
      case when jsonb_array_length(t."description_segments") = 1 then t."description_segments" #>> '{0,text}' end,
      case when t."description_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."description_segments") with ordinality as parts (segment, place)) end) end as "description",
    t."category" as "category",
    t."merchant_category" as "merchant_category",
    'inv_' || encode(encrypt(uuid_send(t."invoice"), (select decode(nullif(current_setting('bizq.key_invoices', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "invoice",
    'bil_' || encode(encrypt(uuid_send(t."bill"), (select decode(nullif(current_setting('bizq.key_bills', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "bill",
    t."is_transfer" as "is_transfer",
    t.currency
    from data.transactions t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.transactions to bizq_masked',
  `create view masked.orders as select
    t.seq,
    t."placed_at" as at,
    'ord_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_orders', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'cus_' || encode(encrypt(uuid_send(t."customer"), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "customer",
    t."placed_at" as "placed_at",
    t."paid_at" as "paid_at",
    t."fulfilled_at" as "fulfilled_at",
    t."cancelled_at" as "cancelled_at",
    t."payment" as "payment",
    t."fulfilment" as "fulfilment",
    (t."subtotal" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."subtotal" < 0 then -500 else 500 end) / 1000 as "subtotal",
    (t."discount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."discount" < 0 then -500 else 500 end) / 1000 as "discount",
    (t."shipping" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."shipping" < 0 then -500 else 500 end) / 1000 as "shipping",
    (t."tax" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."tax" < 0 then -500 else 500 end) / 1000 as "tax",
    (t."total" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."total" < 0 then -500 else 500 end) / 1000 as "total",
    (t."refunded" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."refunded" < 0 then -500 else 500 end) / 1000 as "refunded",
    t."channel" as "channel",
    t."country" as "country",
    t."region" as "region",
    case when t."notes" is not null then coalesce(
      case when jsonb_array_length(t."notes_segments") = 1 then t."notes_segments" #>> '{0,text}' end,
      case when t."notes_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."notes_segments") with ordinality as parts (segment, place)) end) end as "notes",
    t.currency
    from data.orders t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.orders to bizq_masked',
  `create index on data.orders (organisation_id, business_id, "placed_at", seq) where "fulfilment" in ('unfulfilled', 'partial')`,
  `create view masked.order_lines as select
    t.seq,
    t."placed_at" as at,
    'oln_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_order_lines', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'ord_' || encode(encrypt(uuid_send(t."order"), (select decode(nullif(current_setting('bizq.key_orders', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "order",
    'prd_' || encode(encrypt(uuid_send(t."product"), (select decode(nullif(current_setting('bizq.key_products', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "product",
    t."placed_at" as "placed_at",
    case when t."description" is not null then coalesce(
      case when jsonb_array_length(t."description_segments") = 1 then t."description_segments" #>> '{0,text}' end,
      case when t."description_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."description_segments") with ordinality as parts (segment, place)) end) end as "description",
    t."quantity" as "quantity",
    (t."unit_price" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."unit_price" < 0 then -500 else 500 end) / 1000 as "unit_price",
    (t."discount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."discount" < 0 then -500 else 500 end) / 1000 as "discount",
    (t."amount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."amount" < 0 then -500 else 500 end) / 1000 as "amount",
    t.currency
    from data.order_lines t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.order_lines to bizq_masked',
  `create view masked.purchase_orders as select
    t.seq,
    t."ordered_at" as at,
    'pur_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_purchase_orders', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'sup_' || encode(encrypt(uuid_send(t."supplier"), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "supplier",
    'prd_' || encode(encrypt(uuid_send(t."product"), (select decode(nullif(current_setting('bizq.key_products', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "product",
    t."quantity" as "quantity",
    (t."unit_cost" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."unit_cost" < 0 then -500 else 500 end) / 1000 as "unit_cost",
    (t."amount" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."amount" < 0 then -500 else 500 end) / 1000 as "amount",
    t."ordered_at" as "ordered_at",
    t."expected_at" as "expected_at",
    t."received_at" as "received_at",
    t."status" as "status",
    t.currency
    from data.purchase_orders t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.purchase_orders to bizq_masked',
  `create index on data.purchase_orders (organisation_id, business_id, "ordered_at", seq) where "status" in ('draft', 'sent', 'partial')`,
  `create view masked.campaigns as select
    t.seq,
    'cmp_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_campaigns', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    case when t."name" is not null then coalesce(
      case when jsonb_array_length(t."name_segments") = 1 then t."name_segments" #>> '{0,text}' end,
      case when t."name_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."name_segments") with ordinality as parts (segment, place)) end) end as "name",
    t."platform" as "platform",
    t."status" as "status",
    t."objective" as "objective",
    (t."daily_budget" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."daily_budget" < 0 then -500 else 500 end) / 1000 as "daily_budget",
    t."starts_at" as "starts_at",
    t."ends_at" as "ends_at",
    t.currency
    from data.campaigns t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.campaigns to bizq_masked',
  `create view masked.ad_spend as select
    t.seq,
    t."day" as at,
    'ads_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_ad_spend', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'cmp_' || encode(encrypt(uuid_send(t."campaign"), (select decode(nullif(current_setting('bizq.key_campaigns', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "campaign",
    t."day" as "day",
    (t."spend" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."spend" < 0 then -500 else 500 end) / 1000 as "spend",
    t."impressions" as "impressions",
    t."clicks" as "clicks",
    t."conversions" as "conversions",
    (t."revenue" * (select nullif(current_setting('bizq.factor', true), '')::bigint) + case when t."revenue" < 0 then -500 else 500 end) / 1000 as "revenue",
    t.currency
    from data.ad_spend t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.ad_spend to bizq_masked',
  `create view masked.tickets as select
    t.seq,
    t."opened_at" as at,
    'tkt_' || encode(encrypt(uuid_send(t."id"), (select decode(nullif(current_setting('bizq.key_tickets', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "id",
    'cus_' || encode(encrypt(uuid_send(t."customer"), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "customer",
    'ord_' || encode(encrypt(uuid_send(t."order"), (select decode(nullif(current_setting('bizq.key_orders', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') as "order",
    t."opened_at" as "opened_at",
    t."replied_at" as "replied_at",
    t."closed_at" as "closed_at",
    t."status" as "status",
    t."priority" as "priority",
    t."channel" as "channel",
    t."topic" as "topic",
    case when t."subject" is not null then coalesce(
      case when jsonb_array_length(t."subject_segments") = 1 then t."subject_segments" #>> '{0,text}' end,
      case when t."subject_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."subject_segments") with ordinality as parts (segment, place)) end) end as "subject",
    case when t."message" is not null then coalesce(
      case when jsonb_array_length(t."message_segments") = 1 then t."message_segments" #>> '{0,text}' end,
      case when t."message_segments" is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        when segment ->> 'dataset' = 'customers' then 'cus_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_customers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex')
        when segment ->> 'dataset' = 'suppliers' then 'sup_' || encode(encrypt(uuid_send((segment ->> 'id')::uuid), (select decode(nullif(current_setting('bizq.key_suppliers', true), ''), 'hex')), 'aes-ecb/pad:none'), 'hex') end, '' order by place), '')
        from jsonb_array_elements(t."message_segments") with ordinality as parts (segment, place)) end) end as "message"
    from data.tickets t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  'grant select on masked.tickets to bizq_masked',
  `create index on data.tickets (organisation_id, business_id, "opened_at", seq) where "status" in ('open', 'waiting')`,
]
