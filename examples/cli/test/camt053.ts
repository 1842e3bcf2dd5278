/**
 * Statements in camt.053 as another bank writes them, for the account that the bank in a test has with it.
 */

/** One payment on a statement: an amount in kronor with two decimals, below zero for what left the account. */
export interface Stated {
  readonly amount: string
  readonly endToEndId?: string
  readonly returnReason?: string
  readonly name?: string
  readonly message?: string
}

const ore = (amount: string): number => Math.round(Number(amount) * 100)
const kronor = (minor: number): string => (Math.abs(minor) / 100).toFixed(2)
const sign = (minor: number): string => `<CdtDbtInd>${minor < 0 ? "DBIT" : "CRDT"}</CdtDbtInd>`

const balance = (code: string, minor: number, on: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="SEK">${kronor(minor)}</Amt>${sign(minor)}<Dt><Dt>${on}</Dt></Dt></Bal>`

const entry = ({ amount, endToEndId, message, name, returnReason }: Stated, on: string): string => {
  const minor = ore(amount)
  const party = minor < 0 ? "Cdtr" : "Dbtr"
  const details = [
    endToEndId === undefined ? "" : `<Refs><EndToEndId>${endToEndId}</EndToEndId></Refs>`,
    `<Amt Ccy="SEK">${kronor(minor)}</Amt>${sign(minor)}`,
    name === undefined ? "" : `<RltdPties><${party}><Pty><Nm>${name}</Nm></Pty></${party}></RltdPties>`,
    message === undefined ? "" : `<RmtInf><Ustrd>${message}</Ustrd></RmtInf>`,
    returnReason === undefined ? "" : `<RtrInf><Rsn><Cd>${returnReason}</Cd></Rsn></RtrInf>`
  ].join("")
  return (
    `<Ntry><Amt Ccy="SEK">${kronor(minor)}</Amt>${sign(minor)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${on}</Dt></BookgDt>` +
    `<ValDt><Dt>${on}</Dt></ValDt><BkTxCd><Prtry><Cd>PMNT</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>${details}</TxDtls></NtryDtls></Ntry>`
  )
}

/** A statement that adds up. */
export const camt053 = (statement: {
  readonly id: string
  readonly iban: string
  readonly on: string
  readonly opening: string
  readonly entries: ReadonlyArray<Stated>
}): string => {
  const { entries, iban, id, on, opening } = statement
  const closing = entries.reduce((sum, { amount }) => sum + ore(amount), ore(opening))
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>` +
    `<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${on}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>${id}</Id><CreDtTm>${on}T20:00:00</CreDtTm>` +
    `<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>SEK</Ccy></Acct>${balance("OPBD", ore(opening), on)}${balance("CLBD", closing, on)}` +
    `${entries.map((each) => entry(each, on)).join("")}</Stmt></BkToCstmrStmt></Document>\n`
  )
}
