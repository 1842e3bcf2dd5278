import * as LoanListingStoreTest from "@saldo/testing/LoanListingStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import * as SqlLoanListingStore from "saldo/lending/SqlLoanListingStore"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlLoanListingStore.layer.pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

LoanListingStoreTest.suite("memory", Layer.merge(LoanListingStore.layerMemory, Atomic.layerMemory))
LoanListingStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
LoanListingStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
LoanListingStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
