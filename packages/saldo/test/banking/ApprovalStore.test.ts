import * as ApprovalStoreTest from "@saldo/testing/ApprovalStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import * as SqlApprovalStore from "saldo/banking/SqlApprovalStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlApprovalStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

ApprovalStoreTest.suite("memory", Layer.merge(ApprovalStore.layerMemory, Atomic.layerMemory))
ApprovalStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
ApprovalStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
ApprovalStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
