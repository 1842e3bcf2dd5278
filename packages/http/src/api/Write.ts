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

/** Why a write was not carried out although nothing is wrong with what it asks for. */
export const notExecuted = problems(IdempotencyMismatch, CommandInProgress)
