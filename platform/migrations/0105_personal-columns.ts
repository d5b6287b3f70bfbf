import { sql, type Kysely } from 'kysely'

/** Makes it possible to read personal fields that a grant's own row names; printed by scripts/masked-views.ts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create or replace view masked.suppliers as select
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
    t.currency,
    case when (select g.consent #> '{personal,suppliers}' ? 'email' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."email" end as "email",
    case when (select g.consent #> '{personal,suppliers}' ? 'phone' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."phone" end as "phone",
    case when (select g.consent #> '{personal,suppliers}' ? 'street' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."street" end as "street",
    case when (select g.consent #> '{personal,suppliers}' ? 'city' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."city" end as "city",
    case when (select g.consent #> '{personal,suppliers}' ? 'postcode' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."postcode" end as "postcode",
    case when (select g.consent #> '{personal,suppliers}' ? 'taxNumber' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."tax_number" end as "tax_number",
    case when (select g.consent #> '{personal,suppliers}' ? 'iban' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."iban" end as "iban"
    from data.suppliers t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  `create or replace view masked.customers as select
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
        from jsonb_array_elements(t."notes_segments") with ordinality as parts (segment, place)) end) end as "notes",
    case when (select g.consent #> '{personal,customers}' ? 'name' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."name" end as "name",
    case when (select g.consent #> '{personal,customers}' ? 'email' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."email" end as "email",
    case when (select g.consent #> '{personal,customers}' ? 'phone' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."phone" end as "phone",
    case when (select g.consent #> '{personal,customers}' ? 'street' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."street" end as "street",
    case when (select g.consent #> '{personal,customers}' ? 'city' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."city" end as "city",
    case when (select g.consent #> '{personal,customers}' ? 'postcode' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."postcode" end as "postcode",
    case when (select g.consent #> '{personal,customers}' ? 'taxNumber' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."tax_number" end as "tax_number"
    from data.customers t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  `create or replace view masked.accounts as select
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
    t."balance_at" as "balance_at",
    case when (select g.consent #> '{personal,accounts}' ? 'iban' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."iban" end as "iban"
    from data.accounts t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  `create or replace view masked.transactions as select
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
    t.currency,
    case when (select g.consent #> '{personal,transactions}' ? 'counterpartyIban' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."counterparty_iban" end as "counterparty_iban"
    from data.transactions t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
  `create or replace view masked.orders as select
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
    t.currency,
    case when (select g.consent #> '{personal,orders}' ? 'city' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."city" end as "city",
    case when (select g.consent #> '{personal,orders}' ? 'postcode' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."postcode" end as "postcode",
    case when (select g.consent #> '{personal,orders}' ? 'shippingName' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."shipping_name" end as "shipping_name",
    case when (select g.consent #> '{personal,orders}' ? 'shippingStreet' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."shipping_street" end as "shipping_street",
    case when (select g.consent #> '{personal,orders}' ? 'shippingPhone' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."shipping_phone" end as "shipping_phone",
    case when (select g.consent #> '{personal,orders}' ? 'email' from bizq.grants g
      where g.id = (select nullif(current_setting('bizq.grant', true), '')::uuid) and g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and g.state <> 'ended') then t."email" end as "email"
    from data.orders t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`,
]
