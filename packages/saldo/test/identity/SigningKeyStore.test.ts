import * as SigningKeyStoreTest from "@saldo/testing/SigningKeyStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import * as SqlSigningKeyStore from "saldo/identity/SqlSigningKeyStore"
import * as Migrations from "saldo/sql/Migrations"

const inSql = SqlSigningKeyStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

SigningKeyStoreTest.suite("memory", Layer.merge(SigningKeyStore.layerMemory, Atomic.layerMemory))
SigningKeyStoreTest.suite("sqlite :memory:", inSql.pipe(Layer.provide(TestSqlite.layer)))
SigningKeyStoreTest.suite("sqlite file", inSql.pipe(Layer.provide(TestSqlite.layerFile)))
SigningKeyStoreTest.suite("postgres", inSql.pipe(Layer.provide(TestPostgres.layer)))
