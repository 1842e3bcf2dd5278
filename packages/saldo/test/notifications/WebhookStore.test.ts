import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as WebhookStoreTest from "@saldo/testing/WebhookStoreTest"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlWebhookStore from "saldo/notifications/SqlWebhookStore"
import { WebhookStore } from "saldo/notifications/WebhookStore"
import * as Migrations from "saldo/sql/Migrations"

const inSql = SqlWebhookStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

WebhookStoreTest.suite("memory", Layer.merge(WebhookStore.layerMemory, Atomic.layerMemory))
WebhookStoreTest.suite("sqlite :memory:", inSql.pipe(Layer.provide(TestSqlite.layer)))
WebhookStoreTest.suite("sqlite file", inSql.pipe(Layer.provide(TestSqlite.layerFile)))
WebhookStoreTest.suite("postgres", inSql.pipe(Layer.provide(TestPostgres.layer)))
