import * as DataKeyStoreTest from "@saldo/testing/DataKeyStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import * as SqlDataKeyStore from "saldo/banking/SqlDataKeyStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlDataKeyStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

DataKeyStoreTest.suite("memory", Layer.merge(DataKeyStore.layerMemory, Atomic.layerMemory))
DataKeyStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
DataKeyStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
DataKeyStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
