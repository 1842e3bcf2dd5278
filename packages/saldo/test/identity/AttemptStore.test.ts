import * as AttemptStoreTest from "@saldo/testing/AttemptStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { AttemptStore } from "saldo/identity/AttemptStore"
import * as SqlAttemptStore from "saldo/identity/SqlAttemptStore"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlAttemptStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

AttemptStoreTest.suite("memory", Layer.merge(AttemptStore.layerMemory, Atomic.layerMemory))
AttemptStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
AttemptStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
AttemptStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
