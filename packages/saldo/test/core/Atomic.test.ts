import * as AtomicTest from "@saldo/testing/AtomicTest"
import { Cells } from "@saldo/testing/Cells"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"

const sql = Layer.mergeAll(SqlAtomic.layer, Cells.layerSql)

AtomicTest.suite("memory", Layer.mergeAll(Atomic.layerMemory, Cells.layerMemory))
AtomicTest.suite("sqlite :memory:", Layer.provide(sql, TestSqlite.layer))
AtomicTest.suite("sqlite file", Layer.provide(sql, TestSqlite.layerFile))
AtomicTest.suite("postgres", Layer.provide(sql, TestPostgres.layer))
