import * as IdentityTokenStoreTest from "@saldo/testing/IdentityTokenStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { IdentityTokenStore } from "saldo/identity/IdentityTokenStore"
import * as SqlIdentityTokenStore from "saldo/identity/SqlIdentityTokenStore"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlIdentityTokenStore.layer.pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

IdentityTokenStoreTest.suite("memory", Layer.merge(IdentityTokenStore.layerMemory, Atomic.layerMemory))
IdentityTokenStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
IdentityTokenStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
IdentityTokenStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))
