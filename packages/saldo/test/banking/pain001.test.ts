import * as fc from "fast-check"
import { readFileSync } from "node:fs"
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import type { CreditTransfer, CreditTransferBatch, PaymentMessage } from "saldo/banking/CreditTransfers"
import { Bic, type ExternalAccountInput, parseExternalAccount } from "saldo/banking/ExternalAccount"
import { writePain001 } from "saldo/banking/pain001"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { childrenOf, find, textAt } from "../../src/banking/internal/xmlFields.ts"
import { makeXmlReader, type XmlNode } from "../../src/banking/internal/xmlReader.ts"
import { describe, expect, it } from "vitest"

const account = (input: ExternalAccountInput) => Result.getOrThrow(parseExternalAccount(input))
const swedish = account({ scheme: "Iban", text: "SE4550000000058398257466", bic: Bic.make("ESSESESS") })
const norwegian = account({ scheme: "NorwegianAccount", text: "86011117947" })

const uetr = (index: number) => `8a562c67-ca16-48ba-b074-${index.toString(16).padStart(12, "0")}`

const transfer = (index: number, rest: Partial<CreditTransfer> = {}): CreditTransfer => ({
  instructionId: `I-${index}`,
  endToEndId: `E-${index}`,
  uetr: uetr(index),
  amount: Money.of("1250.50", "SEK"),
  creditor: { name: "Mjolkvarnen AB" },
  creditorAccount: swedish,
  ...rest
})

const batch = (
  transfers: ReadonlyArray<CreditTransfer>,
  rest: Partial<CreditTransferBatch> = {}
): CreditTransferBatch => ({
  messageId: "MSG-1",
  createdAt: DateTime.makeUnsafe("2026-03-10T09:30:00.000Z"),
  initiator: { name: "Bjorkens Bageri AB", organisationId: "5560360793" },
  groups: [
    {
      id: "PMT-1",
      requestedOn: LocalDate.of("2026-03-12"),
      debtor: { name: "Bjorkens Bageri AB" },
      debtorAccount: swedish,
      transfers
    }
  ],
  ...rest
})

/** The document read back by the reader of statements' XML, as one tree. */
const tree = (document: string): XmlNode => {
  let root: XmlNode | undefined
  const reader = makeXmlReader({
    isRecord: () => true,
    onOpen: () => undefined,
    onClose: () => undefined,
    onRecord: (node) => {
      root = node
      return undefined
    }
  })
  expect(reader.write(document)).toBeUndefined()
  expect(reader.end()).toBeUndefined()
  if (root === undefined) throw new TypeError("no document")
  return root
}

const written = (...args: Parameters<typeof writePain001>): XmlNode => tree(Result.getOrThrow(writePain001(...args)))

/** The children that the schema of pain.001.001.09 allows in each element that we write, in its order. */
const schemaOrder: Readonly<Record<string, ReadonlyArray<string>>> = {
  Document: ["CstmrCdtTrfInitn"],
  CstmrCdtTrfInitn: ["GrpHdr", "PmtInf", "SplmtryData"],
  GrpHdr: ["MsgId", "CreDtTm", "Authstn", "NbOfTxs", "CtrlSum", "InitgPty", "FwdgAgt", "InitnSrc"],
  PmtInf:
    "PmtInfId PmtMtd ReqdAdvcTp BtchBookg NbOfTxs CtrlSum PmtTpInf ReqdExctnDt PoolgAdjstmntDt Dbtr DbtrAcct DbtrAgt DbtrAgtAcct InstrForDbtrAgt UltmtDbtr ChrgBr ChrgsAcct ChrgsAcctAgt CdtTrfTxInf".split(
      " "
    ),
  ReqdExctnDt: ["Dt", "DtTm"],
  CdtTrfTxInf:
    "PmtId PmtTpInf Amt XchgRateInf ChrgBr MndtRltdInf ChqInstr UltmtDbtr IntrmyAgt1 IntrmyAgt1Acct IntrmyAgt2 IntrmyAgt2Acct IntrmyAgt3 IntrmyAgt3Acct CdtrAgt CdtrAgtAcct Cdtr CdtrAcct UltmtCdtr InstrForCdtrAgt InstrForDbtrAgt Purp RgltryRptg Tax RltdRmtInf RmtInf".split(
      " "
    ),
  PmtId: ["InstrId", "EndToEndId", "UETR"],
  Amt: ["InstdAmt", "EqvtAmt"],
  FinInstnId: ["BICFI", "ClrSysMmbId", "LEI", "Nm", "PstlAdr", "Othr"],
  ClrSysMmbId: ["ClrSysId", "MmbId"],
  Othr: ["Id", "SchmeNm", "Issr"],
  RmtInf: ["Ustrd", "Strd"],
  Strd: ["RfrdDocInf", "RfrdDocAmt", "CdtrRefInf"],
  CdtrRefInf: ["Tp", "Ref"],
  Tp: ["CdOrPrtry", "Issr"],
  InitgPty: ["Nm", "PstlAdr", "Id"],
  Dbtr: ["Nm", "PstlAdr", "Id"],
  Cdtr: ["Nm", "PstlAdr", "Id"]
}

/** Elements that stand outside the order of their parent's schema. */
const disordered = (node: XmlNode): ReadonlyArray<string> => {
  const order = schemaOrder[node.name]
  const places = node.children.map(({ name }) => order?.indexOf(name) ?? 0)
  const here = places.some((place, index) => place === -1 || place < (places[index - 1] ?? 0)) ? [node.name] : []
  return [...here, ...node.children.flatMap(disordered)]
}

describe("writePain001", () => {
  it("writes the same text every time, known to the byte", () => {
    const document = writePain001(batch([transfer(1, { message: { _tag: "Reference", reference: "123067" } })]))
    expect(writePain001(batch([transfer(1, { message: { _tag: "Reference", reference: "123067" } })]))).toEqual(
      document
    )
    const expected = readFileSync(new URL("fixtures/pain001.xml", import.meta.url), "utf8")
    expect(Result.getOrThrow(document)).toBe(expected.replaceAll(/>\n *</gu, "><").replace("?><", "?>\n<"))
  })

  it("keeps to the order of the schema, with every option", () => {
    const messages: ReadonlyArray<PaymentMessage | undefined> = [
      undefined,
      { _tag: "Text", text: "Hyra mars" },
      { _tag: "Reference", reference: "RF18539007547034" }
    ]
    const accounts = [
      swedish,
      norwegian,
      account({ scheme: "Bankgiro", text: "5050-1055" }),
      account({ scheme: "Plusgiro", text: "28 65 43-4" }),
      account({ scheme: "SwedishAccount", text: "8327-9, 10 923 932-7" })
    ]
    const transfers = accounts.flatMap((creditorAccount, row) =>
      messages.map((message, column) =>
        transfer(row * 10 + column, { creditorAccount, ...(message === undefined ? {} : { message }) })
      )
    )
    const [group] = batch(transfers).groups
    if (group === undefined) throw new TypeError("no group")
    const groups = [
      group,
      {
        ...group,
        id: "PMT-2",
        debtorAccount: norwegian,
        batchBooking: true,
        chargeBearer: "SHAR" as const,
        transfers: [transfer(99)]
      }
    ]
    const root = written(batch([], { groups }))
    expect(root.uri).toBe("urn:iso:std:iso:20022:tech:xsd:pain.001.001.09")
    expect(disordered(root)).toEqual([])
    // The check itself finds a disorder: the same tree against a schema that has one pair exchanged.
    const [first, ...rest] = root.children[0]?.children ?? []
    expect(
      disordered({
        ...root,
        children: [{ ...root, name: "CstmrCdtTrfInitn", children: [...rest, ...(first ? [first] : [])] }]
      })
    ).toEqual(["CstmrCdtTrfInitn"])
    expect(childrenOf(root.children[0], "PmtInf").map((each) => textAt(each, "DbtrAgt/FinInstnId/Othr/Id"))).toEqual([
      undefined,
      "NOTPROVIDED"
    ])
    const infos = childrenOf(childrenOf(root.children[0], "PmtInf")[0], "CdtTrfTxInf")
    const members = infos.map((each) => textAt(each, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId"))
    expect([...new Set(members)]).toEqual([undefined, "9900", "9960", "8327"])
    expect(infos.map((each) => textAt(each, "CdtrAcct/Id/IBAN") ?? textAt(each, "CdtrAcct/Id/Othr/Id"))).toEqual(
      ["SE4550000000058398257466", "86011117947", "50501055", "2865434", "83270109239327"].flatMap((each) => [
        each,
        each,
        each
      ])
    )
  })

  it("reads back what was written, whatever the payments", () => {
    const word = fc.stringMatching(/^[A-Za-z0-9?:().,'+-]{1,30}$/u)
    const amount = fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 13n }), fc.constantFrom("SEK", "EUR", "JPY", "BHD", "CLF"))
      .map(([minor, currency]) => Money.fromMinor(minor, currency))
    const payment = fc.record({ amount, name: word, endToEndId: word, text: word })
    fc.assert(
      fc.property(fc.array(payment, { minLength: 1, maxLength: 8 }), (payments) => {
        const transfers = payments.map(({ amount, endToEndId, name, text }, index) =>
          transfer(index, { amount, endToEndId, creditor: { name }, message: { _tag: "Text", text } })
        )
        const root = written(batch(transfers))
        const infos = childrenOf(find(root, "CstmrCdtTrfInitn/PmtInf"), "CdtTrfTxInf")
        expect(
          infos.map((each) => ({
            amount: `${textAt(each, "Amt/InstdAmt")} ${find(each, "Amt/InstdAmt")?.attributes.get("Ccy")}`,
            name: textAt(each, "Cdtr/Nm"),
            endToEndId: textAt(each, "PmtId/EndToEndId"),
            text: textAt(each, "RmtInf/Ustrd"),
            uetr: textAt(each, "PmtId/UETR")
          }))
        ).toEqual(
          payments.map(({ amount, endToEndId, name, text }, index) => ({
            amount: String(amount),
            name,
            endToEndId,
            text,
            uetr: uetr(index)
          }))
        )
        // The control sum counts in the fifth decimal, whatever the currencies.
        const units = (text: string) => {
          const [whole = "", fraction = ""] = text.split(".")
          return BigInt(whole + fraction.padEnd(5, "0"))
        }
        const sum = payments.reduce((total, { amount }) => total + units(Money.toDecimal(amount)), 0n)
        for (const path of ["CstmrCdtTrfInitn/GrpHdr", "CstmrCdtTrfInitn/PmtInf"]) {
          expect(units(textAt(root, `${path}/CtrlSum`) ?? "")).toBe(sum)
          expect(textAt(root, `${path}/NbOfTxs`)).toBe(String(payments.length))
        }
      }),
      { numRuns: 60 }
    )
  })

  const field = (...args: Parameters<typeof writePain001>) => {
    const result = writePain001(...args)
    return Result.isSuccess(result) ? "written" : [result.failure.field, result.failure.position]
  }

  it("checks characters, and says which", () => {
    const at = "groups[0].transfers[1]"
    const second = (rest: Partial<CreditTransfer>) => batch([transfer(0), transfer(1, rest)])
    expect(field(second({ creditor: { name: "Mjölkvarnen" } }))).toEqual([`${at}.creditor.name`, 2])
    expect(field(second({ creditor: { name: "Mjölkvarnen" } }), "latin-1")).toBe("written")
    expect(field(second({ creditor: { name: "A & B" } }), "latin-1")).toEqual([`${at}.creditor.name`, 2])
    expect(field(second({ creditor: { name: "€" } }), "latin-1")).toEqual([`${at}.creditor.name`, 0])
    expect(field(second({ creditor: { name: "a".repeat(71) } }))).toEqual([`${at}.creditor.name`, 70])
    expect(field(second({ creditor: { name: " " } }))).toEqual([`${at}.creditor.name`, 0])
    expect(field(second({ message: { _tag: "Text", text: "rad\nrad" } }))).toEqual([`${at}.message.text`, 3])
    expect(field(second({ message: { _tag: "Text", text: "a".repeat(141) } }))).toEqual([`${at}.message.text`, 140])
    expect(field(second({ message: { _tag: "Reference", reference: "1".repeat(36) } }))).toEqual([
      `${at}.message.reference`,
      35
    ])
  })

  it("checks ids, amounts and counts", () => {
    const at = "groups[0].transfers[0]"
    expect(field(batch([transfer(0, { endToEndId: "/A" })]))).toEqual([`${at}.endToEndId`, 0])
    expect(field(batch([transfer(0, { endToEndId: "A/" })]))).toEqual([`${at}.endToEndId`, 1])
    expect(field(batch([transfer(0, { endToEndId: "A//B" })]))).toEqual([`${at}.endToEndId`, 1])
    expect(field(batch([transfer(0, { endToEndId: "A/B" })]))).toBe("written")
    expect(field(batch([transfer(0, { endToEndId: "" })]))).toEqual([`${at}.endToEndId`, 0])
    expect(field(batch([transfer(0, { endToEndId: "å" })]), "latin-1")).toEqual([`${at}.endToEndId`, 0])
    expect(field(batch([transfer(0)], { messageId: "M".repeat(36) }))).toEqual(["messageId", 35])
    expect(field(batch([transfer(0, { uetr: "8a562c67-ca16-18ba-b074-65581be6f001" })]))).toEqual([`${at}.uetr`, 0])
    expect(field(batch([transfer(0, { amount: Money.zero("SEK") })]))).toEqual([`${at}.amount`, 0])
    expect(field(batch([transfer(0, { amount: Money.of("-1", "SEK") })]))).toEqual([`${at}.amount`, 0])
    expect(field(batch([transfer(0, { amount: Money.fromMinor(10n ** 18n - 1n, "SEK") })]))).toBe("written")
    expect(field(batch([transfer(0, { amount: Money.fromMinor(10n ** 18n, "SEK") })]))).toEqual([`${at}.amount`, 0])
    const most = { amount: Money.fromMinor(10n ** 18n - 1n, "SEK") }
    expect(field(batch([transfer(0, most), transfer(1, most)]))).toEqual(["groups", 0])
    expect(field(batch([]))).toEqual(["groups[0].transfers", 0])
    expect(field(batch([], { groups: [] }))).toEqual(["groups", 0])
    expect(field(batch([transfer(0), transfer(1, { instructionId: "I-0" })]))).toEqual([
      "groups[0].transfers[1].instructionId",
      0
    ])
    expect(field(batch([transfer(0), transfer(1, { uetr: uetr(0) })]))).toEqual(["groups[0].transfers[1].uetr", 0])
  })

  it("never repeats what it refuses", () => {
    const result = writePain001(batch([transfer(0, { creditor: { name: "Hemlig €" } })]))
    expect(Result.isFailure(result) && result.failure.message + JSON.stringify(result.failure)).not.toContain("Hemlig")
  })
})
