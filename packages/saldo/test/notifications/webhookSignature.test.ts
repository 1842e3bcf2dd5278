import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Result from "effect/Result"
import { secretText, sign, verify } from "saldo/notifications/webhookSignature"
import { Webhook } from "standardwebhooks"

const headersOf = (id: string, timestamp: number, signature: string) => ({
  "webhook-id": id,
  "webhook-timestamp": String(timestamp),
  "webhook-signature": signature
})

const secret = fc.uint8Array({ minLength: 24, maxLength: 64 }).map(secretText)
const id = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom("a", "b", "_", "0", "9") })

describe("signatures", () => {
  it("are those of the reference library, in both directions", () => {
    fc.assert(
      fc.property(secret, id, fc.json(), (key, messageId, body) => {
        const library = new Webhook(key)
        const nowMs = Date.now()
        const timestamp = Math.floor(nowMs / 1000)
        const ours = sign([key], { id: messageId, timestamp, body })
        expect(ours).toBe(library.sign(messageId, new Date(timestamp * 1000), body))
        const headers = headersOf(messageId, timestamp, ours)
        expect(library.verify(body, headers)).toEqual(JSON.parse(body))
        expect(verify([key], { headers, body, nowMs })).toEqual(Result.succeed({ id: messageId, timestamp }))
      }),
      { numRuns: 200 }
    )
  })

  it("are good for five minutes in either direction, as the library judges", () => {
    const key = secretText(new Uint8Array(32).fill(7))
    const nowMs = Date.now()
    const now = Math.floor(nowMs / 1000)
    const judged = (timestamp: number) => {
      const headers = headersOf("audit_1", timestamp, sign([key], { id: "audit_1", timestamp, body: "{}" }))
      return Result.match(verify([key], { headers, body: "{}", nowMs }), {
        onSuccess: () => "genuine",
        onFailure: (problem) => problem
      })
    }
    expect([now - 301, now - 300, now, now + 300, now + 301].map(judged)).toEqual([
      "TimestampTooOld",
      "genuine",
      "genuine",
      "genuine",
      "TimestampTooNew"
    ])
    const old = headersOf("audit_1", now - 310, sign([key], { id: "audit_1", timestamp: now - 310, body: "{}" }))
    expect(() => new Webhook(key).verify("{}", old)).toThrow("Message timestamp too old")
  })

  it("are found by who has the old or the new secret, while both sign", () => {
    fc.assert(
      fc.property(secret, secret, secret, (older, newer, foreign) => {
        fc.pre(older !== newer && foreign !== older && foreign !== newer)
        const timestamp = Math.floor(Date.now() / 1000)
        const headers = headersOf("audit_1", timestamp, sign([newer, older], { id: "audit_1", timestamp, body: "[1]" }))
        for (const key of [older, newer]) {
          expect(new Webhook(key).verify("[1]", headers)).toEqual([1])
          expect(Result.isSuccess(verify([key], { headers, body: "[1]", nowMs: timestamp * 1000 }))).toBe(true)
        }
        const judged = verify([foreign], { headers, body: "[1]", nowMs: timestamp * 1000 })
        expect(judged).toEqual(Result.fail("SignatureWrong"))
        // A receiver in the middle of a rotation holds two secrets itself.
        expect(Result.isSuccess(verify([foreign, older], { headers, body: "[1]", nowMs: timestamp * 1000 }))).toBe(true)
      }),
      { numRuns: 50 }
    )
  })

  it("do not fit a message of which anything was changed", () => {
    const key = secretText(new Uint8Array(32).fill(9))
    const timestamp = 1_700_000_000
    const message = { id: "audit_1", timestamp, body: '{"a":1}' }
    const good = headersOf("audit_1", timestamp, sign([key], message))
    const nowMs = timestamp * 1000
    const problem = (headers: Record<string, string | undefined>, body = message.body, keys = [key]) =>
      Result.match(verify(keys, { headers, body, nowMs }), { onSuccess: () => "genuine", onFailure: (each) => each })
    expect(problem(good)).toBe("genuine")
    expect(problem(good, '{"a":2}')).toBe("SignatureWrong")
    expect(problem({ ...good, "webhook-id": "audit_2" })).toBe("SignatureWrong")
    expect(problem({ ...good, "webhook-timestamp": String(timestamp + 1) })).toBe("SignatureWrong")
    expect(problem({ ...good, "webhook-signature": `v2,${good["webhook-signature"].slice(3)}` })).toBe("SignatureWrong")
    expect(problem({ ...good, "webhook-signature": "" })).toBe("SignatureWrong")
    for (const name of Object.keys(good)) expect(problem({ ...good, [name]: undefined })).toBe("HeadersMissing")
    for (const time of ["", "1e9", "-1", "0x65", "1700000000.0"]) {
      expect(problem({ ...good, "webhook-timestamp": time })).toBe("HeadersMissing")
    }
    expect(problem(good, message.body, [])).toBe("SignatureWrong")
    expect(problem(good, message.body, ["whsec_c2hvcnQ="])).toBe("SecretUnreadable")
    expect(problem(good, message.body, ["whsec_not base64, and long enough otherwise"])).toBe("SecretUnreadable")
    expect(() => sign(["whsec_c2hvcnQ="], message)).toThrow(RangeError)
  })
})
