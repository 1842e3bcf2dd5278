import * as BreachedPasswordSourceTest from "@saldo/testing/BreachedPasswordSourceTest"
import * as Layer from "effect/Layer"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"

const list = BreachedPasswordSource.layerList(["another one", "Staple-Battery-Ragnarok", "staple-battery-ragnarok"])

BreachedPasswordSourceTest.suite("list", list, { password: "staple-battery-ragnarok" })
BreachedPasswordSourceTest.suite(
  "list behind a breaker",
  BreachedPasswordSource.layerGuarded().pipe(Layer.provide(list)),
  { password: "staple-battery-ragnarok" }
)
