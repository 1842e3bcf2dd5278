import * as PaymentPlanStoreTest from "@saldo/testing/PaymentPlanStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import * as SqlPaymentPlanStore from "saldo/banking/SqlPaymentPlanStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlPaymentPlanStore.layer.pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

PaymentPlanStoreTest.suite("memory", Layer.merge(PaymentPlanStore.layerMemory, Atomic.layerMemory))
PaymentPlanStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
PaymentPlanStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
PaymentPlanStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
