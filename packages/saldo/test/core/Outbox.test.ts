import * as OutboxTest from "@saldo/testing/OutboxTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import { Outbox, type Subscription } from "saldo/core/Outbox"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import * as Migrations from "saldo/sql/Migrations"

const migrated = Layer.effectDiscard(Migrations.run)

const sql = (subscriptions: ReadonlyArray<Subscription>) =>
  SqlOutbox.layer(subscriptions, { pollInterval: "20 millis" }).pipe(
    Layer.provideMerge(SqlAtomic.layer),
    Layer.provide(migrated)
  )

OutboxTest.suite("memory", (subscriptions) => Layer.provideMerge(Outbox.layerMemory(subscriptions), Atomic.layerMemory))
OutboxTest.suite("sqlite :memory:", (subscriptions) => Layer.provide(sql(subscriptions), TestSqlite.layer))
OutboxTest.suite("sqlite file", (subscriptions) => Layer.provide(sql(subscriptions), TestSqlite.layerFile))
OutboxTest.suite("postgres", (subscriptions) => Layer.provide(sql(subscriptions), TestPostgres.layer))
