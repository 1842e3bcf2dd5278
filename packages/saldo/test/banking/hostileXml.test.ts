import * as Result from "effect/Result"
import { makeCamt053Reader, parseCamt053 } from "saldo/banking/camt053"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"

const namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

const balance = (type: string, amount: number) =>
  `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="SEK">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`
const head = (closing: number) =>
  `<Document xmlns="${namespace}"><BkToCstmrStmt><GrpHdr/><Stmt><Id>S</Id><Acct><Id><IBAN>X</IBAN></Id></Acct>` +
  balance("OPBD", 0) +
  balance("CLBD", closing)
const entry = (text: string) =>
  `<Ntry><Amt Ccy="SEK">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId></Refs><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
const tail = "</Stmt></BkToCstmrStmt></Document>"
const statement = (text: string) => head(1) + entry(text) + tail

const problem = (document: string | Uint8Array): string => {
  const result = parseCamt053(document)
  if (Result.isSuccess(result)) return "accepted"
  return result.failure._tag === "StatementMalformed" ? result.failure.problem : result.failure._tag
}

const text = (document: string): string | undefined =>
  Result.getOrThrow(parseCamt053(document))[0]?.entries[0]?.details[0]?.remittance.unstructured[0]

describe("hostile XML", () => {
  it("expands the five entities of XML and character references, and nothing else", () => {
    expect(text(statement("&lt;&amp;&gt;&apos;&quot;&#229;&#xE4;"))).toBe("<&>'\"åä")
    expect(problem(statement("&nbsp;"))).toBe("expected well-formed XML, but: undefined entity")
    expect(problem(statement("&#0;"))).toContain("expected well-formed XML")
  })

  it("refuses every document type, before anything in it could be used", () => {
    const laughs = Array.from({ length: 30 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`)
    const types = [
      "<!DOCTYPE Document>",
      `<!DOCTYPE Document [<!ENTITY l0 "ha">${laughs.join("")}]>`,
      '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
      '<!DOCTYPE Document SYSTEM "http://127.0.0.1:1/evil.dtd">',
      '<!DOCTYPE Document [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]>'
    ]
    for (const type of types) {
      expect(problem(type + statement("&l30;"))).toBe("expected no document type declaration")
    }
  })

  it("bounds the depth of elements", () => {
    const nested = (depth: number) => statement("<a>".repeat(depth) + "</a>".repeat(depth))
    expect(problem(nested(50))).toBe("accepted")
    expect(problem(nested(60))).toBe("expected at most 64 levels of elements")
    expect(problem(nested(200_000))).toBe("expected at most 64 levels of elements")
  })

  it("bounds each piece of text and markup, and the elements of a record and of a header", () => {
    const long = "x".repeat(1_200_000)
    const limit = "expected no text or markup of more than 1048576 characters in one piece"
    for (const document of [
      statement(long),
      statement(`<![CDATA[${long}]]>`),
      statement(`<a b="${long}"/>`),
      statement(`<${long}/>`),
      `<!DOCTYPE Document [<!-- ${long} -->`,
      `<!-- ${long} -->${statement("")}`
    ]) {
      expect(problem(document)).toBe(limit)
    }
    expect(problem(statement("<a/>".repeat(100_001)))).toBe("expected at most 100000 elements in it")
    expect(problem(head(0) + "<TxsSummry/>".repeat(10_001) + tail)).toBe(
      "expected at most 10000 elements before the entries"
    )
  })

  it("refuses what is no XML", () => {
    const documents = [
      "",
      "   ",
      "not xml",
      "{}",
      "<Document",
      statement("a < b"),
      statement("</Ustrd>"),
      statement("\u0001"),
      statement('<a b="1" b="2"/>'),
      statement("<p:a/>"),
      statement("<a b='<'/>"),
      head(0),
      statement("") + statement(""),
      `${statement("")}rest`
    ]
    for (const document of documents) expect([document.slice(-40), problem(document)]).not.toContain("accepted")
  })

  it("refuses bytes that are not in their encoding, and encodings that it does not know", () => {
    const bytes = (document: string) => Uint8Array.from(document, (char) => char.charCodeAt(0))
    const malformed = "expected text in the encoding that the document has at its start"
    expect(problem(bytes(statement("\u00e5")))).toBe(malformed)
    expect(problem(bytes(`<?xml version="1.0" encoding="ISO-8859-1"?>${statement("\u00e5")}`))).toBe("accepted")
    expect(problem(bytes(statement("abc") + "\u00c3"))).toBe(malformed)
    expect(problem(bytes(`<?xml version="1.0" encoding="UTF-7"?>${statement("+ADw-")}`))).toBe(
      "expected one of the encodings UTF-8, UTF-16, ISO-8859-1"
    )
    expect(problem(bytes(`<?xml version="1.0" encoding="UTF-16"?>${statement("a")}`))).toBe(
      "expected one of the encodings UTF-8, UTF-16, ISO-8859-1"
    )
  })

  it("says nothing of what the document says", () => {
    const secret = "SE4550000000058398257466"
    for (const document of [
      statement(`<${secret}>`),
      statement(`&${secret};`),
      statement(`<a ${secret}`),
      statement(`<${secret}:a/>`),
      head(1).replace('"SEK">1<', `"SEK">${secret}<`) + tail
    ]) {
      const result = parseCamt053(document)
      expect(Result.isFailure(result)).toBe(true)
      if (Result.isFailure(result) && result.failure._tag === "StatementMalformed") {
        expect(result.failure.problem).not.toContain(secret)
      }
    }
  })

  it("answers with its failure ever after", () => {
    const reader = makeCamt053Reader()
    const first = reader.write("<Wrong/>")
    expect(Result.isFailure(first)).toBe(true)
    expect(reader.write(statement("a"))).toEqual(first)
    expect(reader.end()).toEqual(first)
  })
})

/** Collects garbage, so that what is measured is what is held. */
const collect = (() => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc") as () => void
})()

describe("a statement of 100,000 entries", () => {
  it("is read in seconds, and holds no more memory at its end than at its beginning", () => {
    const reader = makeCamt053Reader()
    const chunk = entry("Faktura 1234 tack för köpet").repeat(100)
    const held: Array<number> = []
    let entries = 0
    Result.getOrThrow(reader.write(head(100_000)))
    const startedAt = performance.now()
    for (let written = 0; written < 100_000; written += 100) {
      for (const event of Result.getOrThrow(reader.write(chunk))) entries += event._tag === "Entry" ? 1 : 0
      if (written % 10_000 === 5000) {
        collect()
        held.push(process.memoryUsage().heapUsed)
      }
    }
    Result.getOrThrow(reader.write(tail))
    Result.getOrThrow(reader.end())
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    expect(entries).toBe(100_000)
    const [first = 0] = held
    const growth = (held.at(-1) ?? 0) - first
    // 90,000 more entries, of some kilobytes each as trees, and less than ten bytes for each is still held.
    expect(growth).toBeLessThan(900_000)
  })
})
