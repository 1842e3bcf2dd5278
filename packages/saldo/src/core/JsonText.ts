import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** What JSON writes for a value; nothing for one that it does not have, such as a bigint, a cycle or a function. */
const writtenAs = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const json = new SchemaTransformation.Transformation<unknown, string>(
  SchemaGetter.transformEffect((text, options) => {
    try {
      return Effect.succeed<unknown>(JSON.parse(text))
    } catch {
      return Effect.fail(new SchemaIssue.InvalidValue({ expected: "text of JSON" }, text, options))
    }
  }),
  SchemaGetter.transformEffect((value, options) => {
    const text = writtenAs(value)
    return text === undefined
      ? Effect.fail(new SchemaIssue.InvalidValue({ expected: "a value that JSON has" }, value, options))
      : Effect.succeed(text)
  })
)

/**
 * A schema of what is kept as text of JSON. As `Schema.fromJsonString`, but at once: that one leaves the text to the runtime,
 * and whatever contains it has to wait and is taken up again, which takes longer than to read it.
 */
export const jsonText = <S extends Schema.Top>(schema: S): Schema.decodeTo<S, Schema.String> =>
  Schema.String.pipe(Schema.decodeTo(schema, json))
