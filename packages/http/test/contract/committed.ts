/**
 * The contract as it was committed, and as it is.
 */
import * as OpenApi from "effect/http-api/OpenApi"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Api } from "../../src/api/Api.ts"

export const file = fileURLToPath(new URL("fixtures/openapi.json", import.meta.url))

/** The document that the interface serves. */
export const current = (): object => OpenApi.fromApi(Api)

/** One line for each endpoint and each schema: changes are few lines, and the file is no larger than it must be. */
export const written = (document: object): string => {
  const lines = (value: unknown): string =>
    typeof value === "object" && value !== null
      ? `{\n${Object.entries(value)
          .map(([key, inner]) => `${JSON.stringify(key)}: ${JSON.stringify(inner)}`)
          .join(",\n")}\n}`
      : JSON.stringify(value)
  const { components = {}, paths = {}, ...rest } = document as Record<string, object>
  const head = Object.entries(rest).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  const { schemas = {}, ...others } = components as Record<string, object>
  const shared = [
    `"schemas": ${lines(schemas)}`,
    ...Object.entries(others).map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`)
  ]
  return `{\n${[...head, `"paths": ${lines(paths)}`, `"components": {\n${shared.join(",\n")}\n}`].join(",\n")}\n}\n`
}

/** The document that was committed; none before the first one. */
export const committed = (): object => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { paths: {} })
