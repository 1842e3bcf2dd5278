import * as AuditStoreTest from "@saldo/testing/AuditStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { AuditStore } from "saldo/audit/AuditStore"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlAuditStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

AuditStoreTest.suite("memory", Layer.merge(AuditStore.layerMemory, Atomic.layerMemory))
AuditStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
AuditStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
AuditStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
