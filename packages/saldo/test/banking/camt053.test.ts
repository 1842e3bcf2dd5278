import * as fc from "fast-check"
import { readFileSync } from "node:fs"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { makeCamt053Reader, parseCamt053 } from "saldo/banking/camt053"
import type { BankStatement, StatementEvent } from "saldo/banking/BankStatement"
import { describe, expect, it } from "vitest"

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8")
const version8 = fixture("camt053-08.xml")
const version2 = fixture("camt053-02.xml")

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

const one = (document: string | Uint8Array): BankStatement => {
  const [statement, ...others] = Result.getOrThrow(parseCamt053(document))
  expect(others).toEqual([])
  if (statement === undefined) throw new TypeError("no statement")
  return statement
}

const failure = (document: string | Uint8Array) => {
  const result = parseCamt053(document)
  if (Result.isSuccess(result)) return "accepted"
  return result.failure._tag === "StatementMalformed"
    ? [result.failure.path, result.failure.problem]
    : [result.failure._tag, String(result.failure.missing)]
}

/** The document in version 8 with one place changed; the place must be there. */
const changed = (from: string | RegExp, to: string): string => {
  const text = version8.replace(from, to)
  expect(text).not.toBe(version8)
  return text
}

const stmt = "/Document/BkToCstmrStmt/Stmt"

describe("parseCamt053", () => {
  it("reads version 8 with everything that it says", () => {
    const { entries, header, totals } = one(version8)
    expect(header).toMatchObject({
      id: "STM-2026-049",
      sequenceNumber: "49",
      createdAt: "2026-03-11T05:12:44.120+01:00",
      ownerName: "Björkens Bageri AB",
      servicerBic: "ESSESESS"
    })
    expect(Redacted.value(header.account.number)).toBe("SE4550000000058398257466")
    expect([header.opening, header.closing].map(({ amount, on, type }) => [type, amount, on].join(" "))).toEqual([
      "OPBD 10000.00 SEK 2026-03-10",
      "CLBD 9212.50 SEK 2026-03-10"
    ])
    expect(
      entries.map(({ amount, bookedOn, status, valueOn }) => [amount, status, bookedOn, valueOn].map(String).join(" "))
    ).toEqual([
      "1250.00 SEK BOOK 2026-03-10 2026-03-11",
      "-2000.00 SEK BOOK 2026-03-10 null",
      "-12.50 SEK BOOK 2026-03-10 null",
      "99.00 SEK PDNG null null",
      "-25.00 SEK BOOK 2026-03-10 null"
    ])
    expect(entries.map(({ transactionCode }) => transactionCode)).toEqual([
      "PMNT/RCDT/DMCT",
      "LB",
      "ACMT/MDOP/CHRG",
      null,
      null
    ])
    expect({ ...totals, booked: String(totals.booked) }).toEqual({
      id: "STM-2026-049",
      entries: 5,
      bookedEntries: 4,
      booked: "-787.50 SEK"
    })
  })

  it("reads what is inside an entry", () => {
    const [credit, debit, charge, , reversal] = one(version8).entries
    expect(credit).toMatchObject({ reference: "1", servicerReference: "5490990000123", position: 1, reversal: false })
    expect(credit?.batch).toMatchObject({ messageId: "BGC-77", count: 2 })
    expect(String(credit?.batch?.total)).toBe("1250.00 SEK")
    const [first, second] = credit?.details ?? []
    expect(first).toMatchObject({
      endToEndId: null,
      transactionId: "T-1",
      uetr: "8a562c67-ca16-48ba-b074-65581be6f001",
      counterpartyName: "Café Å & Ö",
      remittance: { unstructured: [], structured: [{ type: "SCOR", reference: "123067" }] }
    })
    expect(first?.counterpartyAccount?.scheme).toBe("BGNR")
    expect(second?.remittance.unstructured).toEqual(["Faktura 118", "rest <delbetalning>"])
    expect([first, second].map((detail) => String(detail?.amount))).toEqual(["1000.00 SEK", "250.00 SEK"])
    expect(debit?.details[0]).toMatchObject({
      messageId: "MSG-9",
      paymentInformationId: "PMT-9",
      instructionId: "INS-9",
      endToEndId: "E2E-9",
      counterpartyName: "Mjölkvarnen AB"
    })
    expect(charge?.charges.map(({ amount, included, type }) => [amount, included, type].join(" "))).toEqual([
      "-12.50 SEK true PRIS"
    ])
    expect(charge?.additionalInformation).toBe("Pris per uppdrag")
    expect(reversal).toMatchObject({ reversal: true })
    expect(reversal?.details[0]).toMatchObject({ counterpartyName: "Kund som betalat dubbelt", returnReason: "AM05" })
  })

  it("reads version 2, prefixed, in ISO 8859-1, overdrawn and from the closing balance before", () => {
    for (const document of [version2, latin1(version2)]) {
      const { entries, header } = one(document)
      expect([header.opening, header.closing].map(({ amount, type }) => [type, amount].join(" "))).toEqual([
        "PRCD -300.00 NOK",
        "CLBD 50.00 NOK"
      ])
      expect(header).toMatchObject({ sequenceNumber: "70", servicerBic: "DNBANOKK", account: { scheme: "BBAN" } })
      const [entry] = entries
      expect(entry?.details[0]?.counterpartyName).toBe("Bjørn Sæther")
      expect(String(entry?.details[0]?.amount)).toBe("352.00 NOK")
      expect(entry?.charges.map(({ amount }) => String(amount))).toEqual(["-2.00 NOK"])
      expect(entry?.details[0]?.remittance.structured).toEqual([{ type: null, reference: "2345676" }])
    }
  })

  it("gives the same for every division into pieces of bytes, in each encoding", () => {
    const events = (document: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<StatementEvent> => {
      const reader = makeCamt053Reader()
      const found: Array<StatementEvent> = []
      let at = 0
      for (let turn = 0; at < document.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1
        found.push(...Result.getOrThrow(reader.write(document.subarray(at, at + size))))
        at += size
      }
      return [...found, ...Result.getOrThrow(reader.end())]
    }
    const utf8 = new TextEncoder().encode(version8)
    const utf16 = (big: boolean) => {
      const text = `\ufeff${version8.replace("UTF-8", "UTF-16")}`
      return Uint8Array.from(
        [...text].flatMap((char) => {
          const pair = [char.charCodeAt(0) >> 8, char.charCodeAt(0) & 255]
          return big ? pair : pair.toReversed()
        })
      )
    }
    const documents = [utf8, new TextEncoder().encode(`\ufeff${version8}`), utf16(true), utf16(false)]
    const whole = JSON.stringify(events(utf8, [utf8.length]))
    expect(whole).toContain("Café Å & Ö")
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        (document, sizes) => {
          expect(JSON.stringify(events(document, sizes))).toBe(whole)
        }
      ),
      { numRuns: 40 }
    )
  })

  it("knows the encoding however small the first pieces are", () => {
    const whole = one(latin1(version2))
    for (const size of [1, 2, 7, 41, 255, 256, 257]) {
      const reader = makeCamt053Reader()
      const bytes = latin1(version2)
      const names: Array<unknown> = []
      for (let at = 0; at < bytes.length; at += size) {
        for (const event of Result.getOrThrow(reader.write(bytes.subarray(at, at + size)))) {
          if (event._tag === "Entry") names.push(event.entry.details[0]?.counterpartyName)
        }
      }
      Result.getOrThrow(reader.end())
      expect(names).toEqual([whole.entries[0]?.details[0]?.counterpartyName])
    }
  })

  it("never prints an account number", () => {
    const printed = JSON.stringify(one(version8)) + JSON.stringify(one(version2))
    for (const number of ["SE4550000000058398257466", "NO9386011117947", "86011117947"]) {
      expect(version8 + version2).toContain(number)
      expect(printed).not.toContain(number)
    }
  })
})

describe("a statement that does not add up", () => {
  it("is told from one that does, whatever the amounts", () => {
    const decimal = (minor: bigint) => `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`
    const side = (minor: bigint) =>
      `<Amt Ccy="SEK">${decimal(minor < 0n ? -minor : minor)}</Amt><CdtDbtInd>${minor < 0n ? "DBIT" : "CRDT"}</CdtDbtInd>`
    const balance = (type: string, minor: bigint) =>
      `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp>${side(minor)}</Bal>`
    const amount = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n })
    fc.assert(
      fc.property(amount, fc.array(amount, { maxLength: 20 }), amount, (opening, entries, error) => {
        const document = (closing: bigint) =>
          '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id>' +
          `<Acct><Id><IBAN>X</IBAN></Id></Acct>${balance("OPBD", opening)}${balance("CLBD", closing)}` +
          `${entries.map((each) => `<Ntry>${side(each)}<Sts><Cd>BOOK</Cd></Sts></Ntry>`).join("")}</Stmt></BkToCstmrStmt></Document>`
        const sum = entries.reduce((total, each) => total + each, 0n)
        expect(one(document(opening + sum)).totals.booked.amount).toBe(sum)
        const refused = parseCamt053(document(opening + sum + error))
        const missing =
          Result.isFailure(refused) && refused.failure._tag === "StatementUnbalanced" && refused.failure.missing.amount
        expect(missing).toBe(error === 0n ? false : error)
      })
    )
  })

  it("says what is missing", () => {
    expect(failure(changed(">9212.5<", ">9212.51<"))).toEqual(["StatementUnbalanced", "0.01 SEK"])
    expect(failure(changed("<Sts><Cd>PDNG</Cd>", "<Sts><Cd>BOOK</Cd>"))).toEqual(["StatementUnbalanced", "-99.00 SEK"])
    expect(failure(changed(">12.50</Amt>\n", ">12.40</Amt>\n"))).toEqual(["StatementUnbalanced", "-0.10 SEK"])
  })

  it("is found whatever entry is lost, in any statement of the document", () => {
    const entries = [...version8.matchAll(/<Ntry>[\s\S]*?<\/Ntry>/gu)].map(([text]) => text)
    expect(entries).toHaveLength(5)
    for (const entry of entries.filter((text) => !text.includes("PDNG"))) {
      expect(failure(version8.replace(entry, ""))).toContain("StatementUnbalanced")
    }
    const [statement = ""] = /<Stmt>[\s\S]*<\/Stmt>/u.exec(version8) ?? []
    const two = version8.replace(statement, statement + statement.replace("STM-2026-049", "STM-2026-050"))
    expect(Result.getOrThrow(parseCamt053(two)).map(({ totals }) => [totals.id, totals.entries])).toEqual([
      ["STM-2026-049", 5],
      ["STM-2026-050", 5]
    ])
    const at = two.lastIndexOf(">1250.00</Amt>")
    const broken = `${two.slice(0, at)}>1251.00</Amt>${two.slice(at + 14)}`
    expect(failure(broken)).toEqual(["StatementUnbalanced", "-1.00 SEK"])
  })
})

describe("a document of the wrong form", () => {
  const cases: ReadonlyArray<readonly [string, string | RegExp, string, string, string]> = [
    [
      "another message",
      "camt.053.001.08",
      "camt.052.001.08",
      "/Document",
      "expected the namespace of camt.053.001.02 or camt.053.001.08"
    ],
    [
      "another version",
      "camt.053.001.08",
      "camt.053.001.13",
      "/Document",
      "expected the namespace of camt.053.001.02 or camt.053.001.08"
    ],
    ["no opening balance", "OPBD", "ITBD", `${stmt}/Bal`, "expected a balance of type OPBD or PRCD"],
    ["two closing balances", "OPBD", "CLBD", `${stmt}/Bal`, "expected a balance of type OPBD or PRCD"],
    [
      "a balance in another currency",
      'Ccy="SEK">10000',
      'Ccy="EUR">10000',
      `${stmt}/Bal`,
      "expected opening and closing balance in one currency"
    ],
    [
      "an entry in another currency",
      'Ccy="SEK">2000.00</Amt>\n',
      'Ccy="EUR">2000.00</Amt>\n',
      `${stmt}/Ntry[2]/Amt`,
      "expected the currency of the balances"
    ],
    [
      "no currency",
      '<Amt Ccy="SEK">2000.00</Amt>\n',
      "<Amt>2000.00</Amt>\n",
      `${stmt}/Ntry[2]/Amt`,
      "expected the attribute Ccy"
    ],
    ["an unknown currency", 'Ccy="SEK">99', 'Ccy="QQQ">99', `${stmt}/Ntry[4]/Amt`, "expected a known currency"],
    [
      "more decimals than the currency has",
      ">2000.00</Amt>\n",
      ">2000.001</Amt>\n",
      `${stmt}/Ntry[2]/Amt`,
      "expected no more decimals than the currency has"
    ],
    [
      "a signed amount",
      ">2000.00</Amt>\n",
      ">-2000.00</Amt>\n",
      `${stmt}/Ntry[2]/Amt`,
      "expected an amount such as 1250.00"
    ],
    ["an exponent", ">2000.00</Amt>\n", ">2e3</Amt>\n", `${stmt}/Ntry[2]/Amt`, "expected an amount such as 1250.00"],
    ["a bare point", ">2000.00</Amt>\n", ">.</Amt>\n", `${stmt}/Ntry[2]/Amt`, "expected an amount such as 1250.00"],
    [
      "no direction",
      "<CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>",
      "<Sts>",
      `${stmt}/Ntry/CdtDbtInd`,
      "expected this element"
    ],
    [
      "a direction of no meaning",
      "<CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>",
      "<CdtDbtInd>C</CdtDbtInd><Sts>",
      `${stmt}/Ntry/CdtDbtInd`,
      "expected CRDT or DBIT"
    ],
    [
      "an unknown status",
      "<Sts><Cd>PDNG",
      "<Sts><Cd>MAYB",
      `${stmt}/Ntry[4]/Sts`,
      "expected one of BOOK, PDNG, INFO, FUTR"
    ],
    [
      "a day that is none",
      "<ValDt><Dt>2026-03-11",
      "<ValDt><Dt>2026-02-30",
      `${stmt}/Ntry/ValDt/Dt`,
      "expected a date such as 2026-03-10"
    ],
    ["a flag of no meaning", "<RvslInd>true", "<RvslInd>yes", `${stmt}/Ntry[5]/RvslInd`, "expected true or false"],
    [
      "a count that is none",
      "<NbOfTxs>2",
      "<NbOfTxs>two",
      `${stmt}/Ntry/NtryDtls/Btch/NbOfTxs`,
      "expected a whole number"
    ],
    ["no id", "<Id>STM-2026-049</Id>", "", `${stmt}/Id`, "expected this element"],
    ["a long id", "STM-2026-049", "S".repeat(36), `${stmt}/Id`, "expected 1 to 35 characters"],
    ["no account", /<Acct>[\s\S]*<\/Acct>/u, "", `${stmt}/Acct`, "expected this element"],
    ["no statement", /<Stmt>[\s\S]*<\/Stmt>/u, "", stmt, "expected this element"],
    ["text between entries", "</Ntry>", "</Ntry>1", stmt, "expected elements only, found text"],
    ["elements of another namespace", "<Stmt>", '<Stmt xmlns="urn:other">', stmt, "expected the element Stmt"]
  ]

  it.each(cases)("%s", (_name, from, to, path, problem) => {
    expect(failure(changed(from, to))).toEqual([path, problem])
  })

  it("passes over what it does not know, also in other namespaces", () => {
    const extra = '<SplmtryData xmlns:x="urn:x"><Envlp><x:Ntry><x:Amt>1</x:Amt></x:Ntry></Envlp></SplmtryData>'
    expect(one(changed("</Stmt>", `${extra}<x:Ntry xmlns:x="urn:x"/></Stmt>`)).totals.entries).toBe(5)
    const foreign = '<x:Amt xmlns:x="urn:x" Ccy="SEK">7</x:Amt>'
    expect(String(one(changed("<NtryRef>1</NtryRef>", foreign)).entries[0]?.amount)).toBe("1250.00 SEK")
  })
})
