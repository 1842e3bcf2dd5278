import * as UserStoreTest from "@saldo/testing/UserStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { UserStore } from "saldo/identity/UserStore"
import * as SqlUserStore from "saldo/identity/SqlUserStore"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlUserStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

UserStoreTest.suite("memory", Layer.merge(UserStore.layerMemory, Atomic.layerMemory))
UserStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
UserStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
UserStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
