import * as LedgerStoreTest from "@saldo/testing/LedgerStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"

const sql = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

LedgerStoreTest.suite("memory", Layer.merge(LedgerStore.layerMemory, Atomic.layerMemory))
LedgerStoreTest.suite("sqlite :memory:", sql.pipe(Layer.provide(TestSqlite.layer)))
LedgerStoreTest.suite("sqlite file", sql.pipe(Layer.provide(TestSqlite.layerFile)))
LedgerStoreTest.suite("postgres", sql.pipe(Layer.provide(TestPostgres.layer)))
