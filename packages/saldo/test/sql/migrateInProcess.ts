import { Storage } from "saldo/core/Storage"
import { postgres } from "@saldo/postgres/postgres"
import { sqlite } from "@saldo/sqlite/sqlite"
import * as Effect from "effect/Effect"
import * as Migrations from "saldo/sql/Migrations"
import { slowDomains } from "./slowDomains.ts"

// A process of its own, started by the test: migrates what the first argument names, and prints what it applied.
const [, , address = ""] = process.argv
const storage = address.startsWith("postgres:") ? postgres({ url: address }) : sqlite({ filename: address })
const applied = await Effect.runPromise(Effect.provide(Migrations.runAll(slowDomains), Storage.client(storage)))
process.stdout.write(JSON.stringify(applied))
