/**
 * What every write has in common.
 */
import * as Schema from "effect/Schema"
import { CommandInProgress, IdempotencyMismatch } from "saldo/core/Command"
import { problems } from "./Problem.ts"

/** The name that a client gives to one write: 1 to 255 visible ASCII characters, such as a UUID. */
export const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]{1,255}$/u, { expected: "1 to 255 visible ASCII characters, such as a UUID" })
).pipe(Schema.brand("IdempotencyKey"))

/** The name that a client gives to one write. */
export type IdempotencyKey = typeof IdempotencyKey.Type

/**
 * The headers of every write. The same key and content gives the same answer, however often it is sent; the same key with
 * other content is refused. Keys of different callers never meet.
 */
export const writeHeaders = { "idempotency-key": IdempotencyKey } as const

/** The headers of a write as a handler sees them. */
export interface WriteHeaders {
  readonly "idempotency-key": IdempotencyKey
}

/**
 * The headers of a write on something that has versions: with `If-Match` it is refused unless the thing is at the version
 * that the last `ETag` named.
 */
export const guardedHeaders = {
  ...writeHeaders,
  "if-match": Schema.optionalKey(Schema.String.check(Schema.isMaxLength(64)))
}

/** The headers of a write on something that has versions, as a handler sees them. */
export interface GuardedHeaders extends WriteHeaders {
  readonly "if-match"?: string
}

/** The thing has changed since the version that `If-Match` names; read it again before changing it. */
export class VersionMismatch extends Schema.TaggedError<VersionMismatch>()(
  "VersionMismatch",
  { expected: Schema.String, actual: Schema.String },
  { httpApiStatus: 412 }
) {
  override get message(): string {
    return `It is at ${this.actual} and not at ${this.expected}: read it again, and decide anew`
  }
}

/** Why a write was not carried out although nothing is wrong with what it asks for. */
export const notExecuted = problems(IdempotencyMismatch, CommandInProgress)
