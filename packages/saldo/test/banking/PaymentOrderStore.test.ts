import * as PaymentOrderStoreTest from "@saldo/testing/PaymentOrderStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import * as SqlPaymentOrderStore from "saldo/banking/SqlPaymentOrderStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlPaymentOrderStore.layer.pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

PaymentOrderStoreTest.suite("memory", Layer.merge(PaymentOrderStore.layerMemory, Atomic.layerMemory))
PaymentOrderStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
PaymentOrderStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
PaymentOrderStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
