import { Validator } from "@seriousme/openapi-schema-validator"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { Api } from "../src/api/Api.ts"
import { Authentication } from "../src/api/Authentication.ts"
import { committed, current, file, written } from "./contract/committed.ts"
import { breakingChanges } from "./contract/surface.ts"
import { operations, publicEndpoints, keyless } from "./contract/operations.ts"

describe("every endpoint", () => {
  it("asks for a credential unless it is listed as public", () => {
    const open: Array<string> = []
    HttpApi.reflect(Api, {
      onGroup: () => undefined,
      onEndpoint: ({ endpoint, group, middleware }) => {
        const asks = [...middleware].some(
          (each) => each.key === Authentication.key && HttpApiMiddleware.isSecurity(each)
        )
        if (!asks) open.push(`${group.identifier}.${endpoint.identifier}`)
      }
    })
    expect(open.toSorted()).toEqual([...publicEndpoints].toSorted())
  })

  it("that writes asks for an Idempotency-Key", () => {
    const without = operations(current())
      .filter(({ method }) => method !== "get")
      .filter(({ headers }) => !headers.includes("Idempotency-Key"))
    expect(without.map(({ id }) => id).toSorted()).toEqual([...keyless].toSorted())
  })

  it("declares what may go wrong, as problems", () => {
    for (const { failures, id } of operations(current())) {
      const always = ["400", "413", "415", "500", "503"]
      const guarded = publicEndpoints.has(id) ? [] : ["401", "403"]
      expect([...failures.keys()], id).toEqual(expect.arrayContaining([...always, ...guarded]))
      for (const [status, types] of failures) expect(types, `${id} ${status}`).toEqual(["application/problem+json"])
    }
  })

  it("has a summary and a name of its own", () => {
    const all = operations(current())
    expect(all.filter(({ summary }) => summary === "")).toEqual([])
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(70)
  })
})

describe("the OpenAPI document", () => {
  it("is valid 3.1", async () => {
    const validator = new Validator()
    const { errors, valid } = await validator.validate(JSON.parse(JSON.stringify(current())))
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
    expect(validator.version).toBe("3.1")
  })

  it("breaks nothing that was promised", () => expect(breakingChanges(committed(), current())).toEqual([]))

  it("is as it was committed; `pnpm contract` commits it anew", () =>
    expect(readFileSync(file, "utf8") === written(current())).toBe(true))
})

describe("the check for breaking changes finds", () => {
  // oxlint-disable-next-line typescript/no-explicit-any
  const changed = (change: (document: any) => void): ReadonlyArray<string> => {
    const document = JSON.parse(JSON.stringify(current()))
    change(document)
    return breakingChanges(current(), document)
  }
  const path = "/api/v1/accounts"

  it("an endpoint that is gone", () =>
    expect(changed(({ paths }) => delete paths[path].post)).toEqual([`POST ${path} is gone`]))

  it("a value that an answer no longer has", () =>
    expect(changed(({ components }) => delete components.schemas.Account.properties.name)).toContain(
      `GET ${path}/{id} gives 200.name: string`
    ))

  it("a value of another type", () =>
    expect(changed(({ components }) => (components.schemas.Account.properties.name = { type: "number" }))).toContain(
      `GET ${path}/{id} gives 200.name: string`
    ))

  it("a word that a request may no longer say", () =>
    expect(changed(({ paths }) => paths[path].get.parameters.at(-1).schema.enum.pop())).toEqual([
      `GET ${path} takes query state = "closed"`
    ]))

  it("something that a request needs now", () =>
    expect(
      changed(({ paths }) => paths[path].post.requestBody.content["application/json"].schema.required.push("name"))
    ).toEqual([`POST ${path} needs body.name`]))

  it("a credential that is needed now", () =>
    expect(changed(({ paths }) => (paths["/health/live"].get.security = [{ bearer: [] }]))).toEqual([
      "GET /health/live needs a credential"
    ]))

  it("nothing in a new endpoint, a new field or a new failure", () =>
    expect(
      changed(({ components, paths }) => {
        paths["/new"] = { get: { responses: {} } }
        components.schemas.Account.properties.extra = { type: "string" }
        paths[path].post.responses["418"] = { content: { "application/problem+json": { schema: { type: "object" } } } }
        paths[path].post.requestBody.content["application/json"].schema.properties.extra = { type: "string" }
      })
    ).toEqual([]))
})
