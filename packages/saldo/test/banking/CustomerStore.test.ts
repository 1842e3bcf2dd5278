import * as CustomerStoreTest from "@saldo/testing/CustomerStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { CustomerStore } from "saldo/banking/CustomerStore"
import * as SqlCustomerStore from "saldo/banking/SqlCustomerStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlCustomerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

CustomerStoreTest.suite("memory", Layer.merge(CustomerStore.layerMemory, Atomic.layerMemory))
CustomerStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
CustomerStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
CustomerStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
