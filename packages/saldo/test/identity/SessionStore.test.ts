import * as SessionStoreTest from "@saldo/testing/SessionStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { SessionStore } from "saldo/identity/SessionStore"
import * as SqlSessionStore from "saldo/identity/SqlSessionStore"
import * as Migrations from "saldo/sql/Migrations"

const inSql = SqlSessionStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

SessionStoreTest.suite("memory", Layer.merge(SessionStore.layerMemory, Atomic.layerMemory))
SessionStoreTest.suite("sqlite :memory:", inSql.pipe(Layer.provide(TestSqlite.layer)))
SessionStoreTest.suite("sqlite file", inSql.pipe(Layer.provide(TestSqlite.layerFile)))
SessionStoreTest.suite("postgres", inSql.pipe(Layer.provide(TestPostgres.layer)))
