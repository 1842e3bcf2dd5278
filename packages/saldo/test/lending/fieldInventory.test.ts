import { fieldInventory } from "saldo/lending/fieldInventory"
import { describe, expect, it } from "vitest"

describe("fieldInventory", () => {
  it("counts every field with its types and an example", () => {
    const inventory = fieldInventory([
      `{"id":1,"rate":9.5,"state":{"id":20,"text":"Öppen"},"tags":["a",1]}`,
      `{"id":"2","rate":10,"state":null,"own":null}`,
      `{"id":3,"tags":[]}`
    ])
    expect(inventory).toEqual({
      records: 3,
      unreadable: 0,
      truncated: false,
      fields: [
        { path: "id", present: 3, types: { integer: 2, string: 1 }, example: "1" },
        { path: "own", present: 1, types: { null: 1 }, example: null },
        { path: "rate", present: 2, types: { number: 1, integer: 1 }, example: "9.5" },
        { path: "state", present: 2, types: { object: 1, null: 1 }, example: `{"id":20,"text":"Öppen"}` },
        { path: "state.id", present: 1, types: { integer: 1 }, example: "20" },
        { path: "state.text", present: 1, types: { string: 1 }, example: `"Öppen"` },
        { path: "tags", present: 2, types: { array: 2 }, example: `["a",1]` },
        { path: "tags[]", present: 2, types: { string: 1, integer: 1 }, example: `"a"` }
      ]
    })
  })

  it("counts what is no record instead of failing", () => {
    expect(fieldInventory(["", "{", "[1]", "7", "null", `{"a":true}`])).toMatchObject({ records: 6, unreadable: 5 })
  })

  it("keeps examples short and never cuts an emoji in half", () => {
    const [field] = fieldInventory([JSON.stringify({ title: "🏗".repeat(500_000) })]).fields
    expect([...(field?.example ?? "")].length).toBe(80)
    expect(field?.example?.isWellFormed()).toBe(true)
  })

  it("stays flat when every record has other fields, or nests without end", () => {
    const records = Array.from({ length: 3000 }, (_, index) => `{"key ${index}":1}`)
    expect(fieldInventory(records)).toMatchObject({ truncated: true, records: 3000 })
    expect(fieldInventory(records).fields.length).toBe(1000)
    const deep = `${`{"a":`.repeat(5000)}1${"}".repeat(5000)}`
    expect(fieldInventory([deep]).fields.length).toBeLessThan(10)
    expect(fieldInventory([`{"__proto__":1,"constructor":2}`]).fields.map(({ path }) => path)).toEqual([
      "__proto__",
      "constructor"
    ])
  })
})
