/**
 * Which answers may hold which planted values, and why. Whatever is not here is nowhere but in the mails.
 */

/** Why an answer holds something. */
export interface Purpose {
  readonly holds: ReadonlyArray<string>
  readonly because: string
}

const own = ["name of a user", "e-mail address of a user"]
const file = [
  "name of a customer",
  "e-mail address of a customer",
  "phone of a customer",
  "address of a customer",
  "registration number"
]

/** The answers that are allowed to hold something. */
export const purposes = {
  tokens: {
    holds: ["access token", "refresh token"],
    because: "Whoever signs in, or stays signed in, is given the tokens to act with"
  },
  secondFactor: {
    holds: ["secret of one-time codes", "address of one-time codes", "e-mail address of a user"],
    because: "The authenticator needs the secret, once; its address names the user to the authenticator"
  },
  recoveryCodes: { holds: ["recovery code"], because: "Their owner writes them down, once" },
  apiKey: { holds: ["API key"], because: "Its owner puts it into a program, once" },
  webhookSecret: { holds: ["webhook secret"], because: "The receiver verifies signatures with it; it is told once" },
  oneself: { holds: own, because: "Everybody sees what the bank calls them and where it writes to" },
  administration: { holds: own, because: "Administrators see whom they invite" },
  customerFile: { holds: file, because: "Those who may read a customer's file are shown it" },
  payment: {
    holds: ["name of a payee", "account of a payee", "message to a payee"],
    because: "A payer sees who was paid, to which account, and what was said to it"
  },
  beneficiary: {
    holds: ["name of a beneficiary", "account of a beneficiary"],
    because: "A customer chooses among those who were kept"
  },
  trail: {
    holds: ["name of a payee"],
    because: "Auditors see to whom payments went; the trail has it as `personal`, so that it can be erased"
  }
} as const satisfies Readonly<Record<string, Purpose>>

/** What the database holds in the clear, in which tables, and why. */
export const kept: ReadonlyArray<Purpose & { readonly tables: ReadonlyArray<string> }> = [
  {
    holds: ["name of a payee"],
    tables: ["saldo_audit_records"],
    because: "The trail has it as `personal`: a value with a salt of its own, which `AuditRetention` erases"
  }
]
