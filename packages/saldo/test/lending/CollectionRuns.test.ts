import * as CollectionRunsTest from "@saldo/testing/CollectionRunsTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { CollectionRuns } from "saldo/lending/CollectionRuns"
import * as SqlCollectionRuns from "saldo/lending/SqlCollectionRuns"
import * as Migrations from "saldo/sql/Migrations"

const sqlRuns = SqlCollectionRuns.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

CollectionRunsTest.suite("memory", Layer.merge(CollectionRuns.layerMemory, Atomic.layerMemory))
CollectionRunsTest.suite("sqlite :memory:", sqlRuns.pipe(Layer.provide(TestSqlite.layer)))
CollectionRunsTest.suite("sqlite file", sqlRuns.pipe(Layer.provide(TestSqlite.layerFile)))
CollectionRunsTest.suite("postgres", sqlRuns.pipe(Layer.provide(TestPostgres.layer)))
