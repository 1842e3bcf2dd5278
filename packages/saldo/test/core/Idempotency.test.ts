import { Cells } from "@saldo/testing/Cells"
import * as IdempotencyTest from "@saldo/testing/IdempotencyTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlIdempotencyStore from "saldo/core/SqlIdempotencyStore"
import * as Migrations from "saldo/sql/Migrations"

const migrated = Layer.effectDiscard(Migrations.run)
const sql = Layer.mergeAll(SqlAtomic.layer, SqlIdempotencyStore.layer, Cells.layerSql).pipe(Layer.provide(migrated))

IdempotencyTest.suite("memory", Layer.mergeAll(Atomic.layerMemory, IdempotencyStore.layerMemory, Cells.layerMemory))
IdempotencyTest.suite("sqlite :memory:", Layer.provide(sql, TestSqlite.layer))
IdempotencyTest.suite("sqlite file", Layer.provide(sql, TestSqlite.layerFile))
IdempotencyTest.suite("postgres", Layer.provide(sql, TestPostgres.layer))
