import * as IdempotencyStoreTest from "@saldo/testing/IdempotencyStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlIdempotencyStore from "saldo/core/SqlIdempotencyStore"
import * as Migrations from "saldo/sql/Migrations"

const sql = Layer.mergeAll(SqlAtomic.layer, SqlIdempotencyStore.layer).pipe(
  Layer.provide(Layer.effectDiscard(Migrations.run))
)

IdempotencyStoreTest.suite("memory", Layer.mergeAll(Atomic.layerMemory, IdempotencyStore.layerMemory))
IdempotencyStoreTest.suite("sqlite :memory:", Layer.provide(sql, TestSqlite.layer))
IdempotencyStoreTest.suite("sqlite file", Layer.provide(sql, TestSqlite.layerFile))
IdempotencyStoreTest.suite("postgres", Layer.provide(sql, TestPostgres.layer))
