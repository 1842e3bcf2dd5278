/**
 * What was collected: in the database of `--db`, or by the server of `--url`.
 */
import * as Layer from "effect/Layer"
import { layerReading } from "../database.ts"
import { Listings } from "./Listings.ts"
import { either } from "./server.ts"
import * as serverListings from "./serverListings.ts"

/** The listings that the commands of `saldo loans` read. */
export const collected = either(serverListings.layer, Layer.provide(Listings.layerStore, layerReading))
