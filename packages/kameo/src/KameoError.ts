/**
 * The one error of Kameo's client. Its `reason` tells the cases apart, `message` says what happened and `remedy` what to
 * do about it.
 */
import * as Schema from "effect/Schema"
import { KameoReason, remedyFor, whatHappened } from "./KameoReason.ts"

/**
 * Why a call to Kameo failed.
 *
 * Carries no cause on purpose: an HTTP library's error holds the request, and with it the password form.
 *
 * @example
 * ```ts
 * import { KameoError } from "@saldo/kameo/KameoError"
 *
 * const error = KameoError.make({ reason: { _tag: "LoginRejected" } })
 * error.message // => "Kameo rejected the e-mail or the password."
 * error.reason._tag // => "LoginRejected"
 * ```
 */
export class KameoError extends Schema.TaggedError<KameoError>()("KameoError", {
  reason: KameoReason
}) {
  /** What happened. */
  override get message(): string {
    return whatHappened(this.reason)
  }

  /** What to do about it, in one sentence. */
  get remedy(): string {
    return remedyFor(this.reason)
  }
}

/** Makes a {@link KameoError} of a reason. */
export const kameoError = (reason: KameoReason): KameoError => new KameoError({ reason })
