import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { TestProject } from "vitest/node"
import { startPostgres } from "./postgresServer.ts"

/** Where the tests' Postgres is, or why there is none. */
export type TestedPostgres = { readonly url: string } | { readonly unavailable: string }

declare module "vitest" {
  interface ProvidedContext {
    readonly saldoPostgres: TestedPostgres
  }
}

/** One server for the whole run of vitest; `SALDO_TEST_POSTGRES_URL` names another one to use instead. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const own = Effect.runSync(Effect.orDie(Config.option(Config.String("SALDO_TEST_POSTGRES_URL"))))
  if (Option.isSome(own)) {
    project.provide("saldoPostgres", { url: own.value })
    return undefined
  }
  try {
    const server = await startPostgres()
    project.provide("saldoPostgres", { url: server.url })
    return server.stop
  } catch (cause) {
    // Tests that need no Postgres go on; the others fail with this sentence.
    project.provide("saldoPostgres", { unavailable: cause instanceof Error ? cause.message : String(cause) })
    return undefined
  }
}
