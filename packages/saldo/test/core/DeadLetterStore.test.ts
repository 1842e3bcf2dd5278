import * as DeadLetterStoreTest from "@saldo/testing/DeadLetterStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import { DeadLetterStore } from "saldo/core/DeadLetterStore"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlDeadLetterStore from "saldo/core/SqlDeadLetterStore"
import * as Migrations from "saldo/sql/Migrations"

const sql = Layer.mergeAll(SqlAtomic.layer, SqlDeadLetterStore.layer).pipe(
  Layer.provide(Layer.effectDiscard(Migrations.run))
)

DeadLetterStoreTest.suite("memory", Layer.mergeAll(Atomic.layerMemory, DeadLetterStore.layerMemory))
DeadLetterStoreTest.suite("sqlite :memory:", Layer.provide(sql, TestSqlite.layer))
DeadLetterStoreTest.suite("sqlite file", Layer.provide(sql, TestSqlite.layerFile))
DeadLetterStoreTest.suite("postgres", Layer.provide(sql, TestPostgres.layer))
