import * as ApiKeyStoreTest from "@saldo/testing/ApiKeyStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { ApiKeyStore } from "saldo/identity/ApiKeyStore"
import * as SqlApiKeyStore from "saldo/identity/SqlApiKeyStore"
import * as Migrations from "saldo/sql/Migrations"

const inSql = SqlApiKeyStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

ApiKeyStoreTest.suite("memory", Layer.merge(ApiKeyStore.layerMemory, Atomic.layerMemory))
ApiKeyStoreTest.suite("sqlite :memory:", inSql.pipe(Layer.provide(TestSqlite.layer)))
ApiKeyStoreTest.suite("sqlite file", inSql.pipe(Layer.provide(TestSqlite.layerFile)))
ApiKeyStoreTest.suite("postgres", inSql.pipe(Layer.provide(TestPostgres.layer)))
