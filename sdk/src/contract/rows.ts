import type { datasets, DatasetName } from './datasets/index.ts'
import type { Field, FieldKind } from './dataset.ts'
import type { Money } from './money.ts'

type OfKind = {
  [K in FieldKind]: K extends 'money'
    ? Money
    : K extends 'quantity' | 'rate'
      ? number
      : K extends 'boolean'
        ? boolean
        : string
}
type Value<F extends Field> = F extends { values: readonly (infer V)[] } ? V : OfKind[F['kind']]

export type FieldName<D extends DatasetName> = keyof (typeof datasets)[D]['fields'] & string
type FieldOf<
  D extends DatasetName,
  K extends FieldName<D>,
> = (typeof datasets)[D]['fields'][K] extends infer F extends Field ? F : never

type Nullable<F extends Field> = F extends { required: true } ? never : null

/** One row of a dataset with just these fields, as plain JSON: what a provider receives. A field that is not required may be null. */
export type Row<D extends DatasetName, K extends FieldName<D> = FieldName<D>> = {
  [P in K]: Value<FieldOf<D, P>> | Nullable<FieldOf<D, P>>
}
