/**
 * The ids of events: where a stream stood in the trail, sealed for the caller.
 *
 * A bare number would say how much others do meanwhile. Sealed with a new nonce, two ids say nothing about each other, and
 * nobody but us can make one.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import type { PersonalData } from "saldo/banking/PersonalData"
import type { Identity } from "saldo/core/Actor"

/** Where a stream stood, and when, in epoch milliseconds. */
export interface EventPosition {
  readonly sequence: number
  readonly at: number
}

/** Makes ids of one caller's, and reads them. */
export interface EventIds {
  readonly idOf: (position: EventPosition) => string
  /** The position of an id that was made for this caller. */
  readonly positionOf: (id: string) => Option.Option<EventPosition>
}

const cipher = "aes-256-gcm"
const [nonceSize, bodySize, tagSize] = [12, 16, 16]
const options = { authTagLength: tagSize }
const purpose = "http.event-id"

/** The ids of a caller, under a key that follows from the bank's own and is the same in all of its processes. */
export const eventIdsOf = (
  { digest }: Pick<PersonalData["Service"], "digest">,
  { id, tenant }: Identity
): Effect.Effect<EventIds> =>
  Effect.map(digest(tenant, purpose, id), (hexadecimal) => {
    const key = Buffer.from(hexadecimal, "hex")
    const idOf = ({ at, sequence }: EventPosition): string => {
      const nonce = randomBytes(nonceSize)
      const sealing = createCipheriv(cipher, key, nonce, options)
      const body = Buffer.alloc(bodySize)
      body.writeBigUInt64BE(BigInt(sequence))
      body.writeBigUInt64BE(BigInt(at), 8)
      return Buffer.concat([nonce, sealing.update(body), sealing.final(), sealing.getAuthTag()]).toString("base64url")
    }
    const positionOf = (text: string): Option.Option<EventPosition> => {
      const bytes = Buffer.from(text, "base64url")
      if (bytes.length !== nonceSize + bodySize + tagSize) return Option.none()
      const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceSize), options)
      opening.setAuthTag(bytes.subarray(-tagSize))
      try {
        const body = Buffer.concat([opening.update(bytes.subarray(nonceSize, -tagSize)), opening.final()])
        return Option.some({ sequence: Number(body.readBigUInt64BE()), at: Number(body.readBigUInt64BE(8)) })
      } catch {
        // Altered, or another's.
        return Option.none()
      }
    }
    return { idOf, positionOf }
  })
