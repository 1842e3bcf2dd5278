import * as fc from "fast-check"
import { searchQuery, searchText, titleSortKey } from "saldo/lending/searchText"
import { describe, expect, it } from "vitest"

const finds = (query: string, text: string) => searchText([text]).includes(searchQuery(query))

describe("searchText", () => {
  it("keeps each form on a line, and only the forms that differ", () => {
    expect(searchText(["Lokal i ÖREBRO", null, "4840"])).toBe("lokal i örebro\nlokal i orebro\n4840")
    expect(searchText(["Ærø"])).toBe("ärö\naro\naero")
    expect(searchText(["Møn"])).toBe("mön\nmon")
    expect(searchText([])).toBe("")
  })

  it("folds what Unicode composes and what it does not", () => {
    const folded: ReadonlyArray<readonly [string, string]> = [
      ["CAFÉ", "cafe"],
      ["Straße", "strasse"],
      ["STRASSE", "strasse"],
      ["Łódź", "lodz"],
      ["ΣΊΣΥΦΟΣ", "σισυφος"],
      ["ﬁnans", "finans"],
      ["m²", "m2"],
      ["İstanbul", "istanbul"],
      ["Þórr", "thorr"],
      ["１２３", "123"],
      ["A\u030a", "å"],
      ["Å", "å"],
      ["\u212B", "å"],
      ["nbsp\u00A0här", "nbsp här"],
      ["a\u0000b\uD800c", "a b c"]
    ]
    for (const [text, form] of folded)
      expect(searchText([text]).split("\n")[0]?.replaceAll("ς", "σ")).toBe(form.replaceAll("ς", "σ"))
  })

  it("lets plain letters find marked ones, and marked letters only themselves", () => {
    expect(finds("faro", "Fårö")).toBe(true)
    expect(finds("fårö", "Faro")).toBe(false)
    expect(finds("far", "får")).toBe(true)
    expect(finds("får", "far")).toBe(false)
    expect(finds("Köge", "Køge")).toBe(true)
    expect(finds("Køge", "Köge")).toBe(true)
    expect(finds("kafé", "kafe")).toBe(true)
  })

  it("takes no notice of blanks around a text, whichever letters it holds", () => {
    for (const text of [" a", "a ", " aß", "a  b ", " å\t"]) {
      expect([searchText([text]), searchQuery(text)]).toEqual([searchText([text.trim()]), searchQuery(text.trim())])
    }
    expect(finds(" a", " aß")).toBe(true)
  })

  it("finds every part of a text by itself, in any case and either normal form", () => {
    const letters = fc.constantFrom(..."aåäöæøéüßñ zZÅÄÖÆØÉİŁ%_\\'🏗\u0301".split(""), "𝔘")
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 30 }), fc.nat(30), fc.nat(30), (characters, from, length) => {
        const text = characters.join("")
        const part = characters.slice(from, from + length).join("")
        // A mark that belongs to the letter before the part is not a part of the text as people see it.
        fc.pre(!part.startsWith("\u0301") && characters[from + length] !== "\u0301")
        for (const query of [part, part.normalize("NFD"), part.toLowerCase()]) expect(finds(query, text)).toBe(true)
      })
    )
  })

  it("gives the same for the same text in other normal forms and cases", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aåäöAÅÄÖéÉ x-1".split("")) }), (text) => {
        const expected = searchText([text])
        expect(searchText([text.normalize("NFD")])).toBe(expected)
        expect(searchText([text.toUpperCase()])).toBe(expected)
        expect(searchText([`  ${text}\n`])).toBe(expected)
      })
    )
  })

  it("takes a megabyte without trouble", () => {
    expect(searchText(["Örebro ".repeat(150_000)]).length).toBeGreaterThan(2_000_000)
  })
})

describe("titleSortKey", () => {
  it("puts å ä ö after z, in this order", () => {
    const titles = ["öl", "ål", "zon", "äng", "ost", "Ål 2", "øre"]
    const byKey = (a: string, b: string) => (titleSortKey(a) < titleSortKey(b) ? -1 : 1)
    expect(titles.sort(byKey)).toEqual(["ost", "zon", "ål", "Ål 2", "äng", "öl", "øre"])
  })

  it("is short, however long the title", () => {
    expect(titleSortKey("å".repeat(1_000_000)).length).toBe(120)
    expect(() => encodeURIComponent(titleSortKey("🏗".repeat(1000)))).not.toThrow()
  })
})
