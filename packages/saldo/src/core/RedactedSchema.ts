import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/**
 * A value that prints as its label, and that JSON holds in plain. `Schema.RedactedFromValue` would turn away whatever
 * bears another label or none, which is how a host makes it.
 */
export const redacted = <S extends Schema.Constraint>(value: S, label: string): Schema.RedactedFromValue<S> =>
  Schema.decodeTo<Schema.Redacted<Schema.toType<S>>, S>(Schema.Redacted(Schema.toType(value)), {
    decode: SchemaGetter.transform((plain: S["Type"]) => Redacted.make(plain, { label })),
    encode: SchemaGetter.transform(Redacted.value)
  })(value)
