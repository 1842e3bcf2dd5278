/**
 * A request for each endpoint that is read and understood, so that what is refused is refused for who asks and not for what.
 */

const sek = (amount: string) => ({ amount, currency: "SEK" })

/** An id of a kind, which nothing has. */
const none = (kind: string) => `${kind}_${"0".repeat(26)}`

const account = { scheme: "Iban", number: "SE45 5000 0000 0583 9825 7466" }
const creditor = { name: "Ottokar Payeeson", account }
const registration = { scheme: "SwedishPersonalNumber", number: "19811218-9876" }
const cash = { accountId: none("dep"), amount: sek("1.00") }
const proof = { password: "four random wombats sing" }
const webhook = { url: "https://receiver.example/events", description: "", events: ["*"] }
const postings = [
  { accountId: none("acct"), side: "debit", amount: sek("1.00") },
  { accountId: `acct_${"0".repeat(25)}1`, side: "credit", amount: sek("1.00") }
]

const schedule = {
  startOn: "2031-01-31",
  recurrence: { kind: "once" },
  ends: { kind: "never" },
  adjustment: "unadjusted",
  skipped: [],
  pauses: []
}

/** What the body of a request is, by the endpoint. */
export const bodies: Readonly<Record<string, object>> = {
  "auth.changePassword": { ...proof, next: "seven purple herons dance" },
  "auth.requestEmailChange": { ...proof, email: "other@example.test" },
  "auth.beginSecondFactor": proof,
  "auth.confirmSecondFactor": { code: "123456" },
  "auth.renewRecoveryCodes": proof,
  "auth.removeSecondFactor": proof,
  "users.changeProfile": { name: "Taken Over", locale: "sv" },
  "users.deleteMe": proof,
  "users.invite": { email: "invited@example.test", name: "Inga Vited", roles: [], party: null },
  "users.setRoles": { roles: ["customer"] },
  "users.setParty": { party: "somebody" },
  "apiKeys.make": { name: "Accounting", scopes: ["identity:self"], expiresAt: null },
  "customers.register": { kind: "person", registration, details: { name: "Bo Ek" } },
  "customers.change": { name: "Taken Over" },
  "customers.submitDocuments": { documents: [{ kind: "passport", digest: "a".repeat(64), expiresOn: null }] },
  "customers.decide": { verdict: "rejected", reasons: ["review"], expiresAt: null },
  "customers.search": { kind: "person", registration },
  "customers.addBeneficiary": creditor,
  "accounts.open": { customerId: none("cust"), productId: "current" },
  "accounts.close": {},
  "transactions.deposit": cash,
  "transactions.withdraw": cash,
  "transactions.transfer": { from: none("dep"), to: `dep_${"0".repeat(25)}1`, amount: sek("1.00") },
  "transactions.announce": cash,
  "payments.create": { ...cash, creditor },
  "payments.decide": { approve: true },
  "payments.createPlan": { ...cash, creditor, schedule },
  "payments.decidePlan": { approve: true },
  "payments.changePlan": { skipped: [], pauses: [] },
  "ledger.openAccount": { code: "cash", name: "Cash", type: "asset", currency: "SEK" },
  "ledger.changeAccount": { name: "Taken Over" },
  "ledger.post": { postings },
  "ledger.reverse": {},
  "ledger.commit": { operations: [{ _tag: "Post", postings }] },
  "ledger.placeHold": { debit: none("acct"), credit: `acct_${"0".repeat(25)}1`, amount: sek("1.00") },
  "ledger.capture": {},
  "ledger.voidHold": {},
  "market.search": {},
  "market.collect": {},
  "webhooks.register": webhook,
  "webhooks.change": webhook,
  "webhooks.rotateSecret": { overlapHours: 1 }
}

/** What stands behind the path of a request, by the endpoint. */
export const queries: Readonly<Record<string, string>> = {
  "accounts.statement": "?start=2026-01-01&end=2027-01-01",
  "accounts.quote": "?event=transfer&amount=1.00%20SEK",
  "events.follow": "?seconds=0",
  "payments.upcoming": "?start=2031-01-01&end=2032-01-01"
}
