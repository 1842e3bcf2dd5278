/**
 * What is asked of the server under load, and how it may answer. Whatever is not in this table is a finding.
 */

/** The answers that a request may have: a status, with the code of the problem where it is one. */
export const expectations = {
  "sign in": ["200"],
  "sign in without the second factor": ["401 SecondFactorRequired"],
  "sign in with a wrong password": ["401 CredentialsRejected"],
  "sign in as nobody": ["401 CredentialsRejected"],
  refresh: ["200"],
  "refresh after signing out": ["401 CredentialsInvalid"],
  "sign out": ["204"],
  "read after signing out": ["401 CredentialsInvalid"],
  "read without a credential": ["401 CredentialsInvalid"],
  "who am I": ["200"],
  sessions: ["200"],
  accounts: ["200"],
  account: ["200"],
  balance: ["200"],
  statement: ["200"],
  "account of another": ["404 DepositAccountNotFound"],
  transfer: ["201"],
  "transfer again": ["201"],
  // Of two at the same instant the second may come while the first is being carried out.
  "transfer twice at once": ["201", "409 CommandInProgress"],
  "transfer of too much": ["422 InsufficientFunds"],
  "transfer of something else under the key": ["422 IdempotencyMismatch"],
  "transfer from another's account": ["404 DepositAccountNotFound"],
  "transfer of nothing": ["422 DepositAmountInvalid"],
  "payment order": ["201"],
  "payment order again": ["201"],
  payments: ["200"],
  payment: ["200"],
  "payment decision": ["200"],
  approvals: ["200"],
  "market listings": ["200"],
  "market search": ["200"],
  "market statistics": ["200"],
  "market listing": ["200"],
  "market history": ["200"],
  customers: ["200"],
  "API key": ["201"],
  "API key revoked": ["200"],
  "trial balance": ["200"],
  "ledger accounts": ["200"],
  "ledger lines": ["200"],
  "ledger entries": ["200"],
  "ledger entry": ["200"],
  "audit records": ["200"],
  webhooks: ["200"],
  metrics: ["200"],
  ready: ["200"]
} as const satisfies Readonly<Record<string, readonly [string, ...ReadonlyArray<string>]>>

/** The name of something that is asked. */
export type Asked = keyof typeof expectations
