import * as BreachedPasswordSourceTest from "@saldo/testing/BreachedPasswordSourceTest"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"

const list = BreachedPasswordSource.layerList(["another one", "Staple-Battery-Ragnarok", "staple-battery-ragnarok"])

BreachedPasswordSourceTest.suite("list", list, { password: "staple-battery-ragnarok" })
