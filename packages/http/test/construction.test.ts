import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { current } from "./contract/committed.ts"
import { operations, publicEndpoints, keyless } from "./contract/operations.ts"
import { Served, served } from "./world.ts"

layer(served(), { excludeTestServices: true })("every endpoint, called", (it) => {
  for (const { id, method, url } of operations(current())) {
    const verb = method.toUpperCase()

    if (!publicEndpoints.has(id)) {
      it.effect(`${id} answers nobody without a credential`, () =>
        Effect.gen(function* () {
          const { call } = yield* Served
          for (const authorization of [undefined, "Bearer", "Bearer forged", "Basic b2ZmaWNlcjp4", "officer"]) {
            const answer = yield* call(verb, url, { headers: authorization === undefined ? {} : { authorization } })
            expect(answer.status).toBe(401)
            expect(answer.body).toMatchObject({ code: "CredentialsInvalid" })
          }
        })
      )
    }

    if (method !== "get" && !keyless.has(id)) {
      it.effect(`${id} writes nothing without a key`, () =>
        Effect.gen(function* () {
          const { call } = yield* Served
          const answer = yield* call(verb, url, { as: "officer" })
          expect(answer.status).toBe(400)
          expect(answer.body.context.errors).toContainEqual(
            expect.objectContaining({ in: "headers", path: ["idempotency-key"] })
          )
        })
      )
    }
  }
})
