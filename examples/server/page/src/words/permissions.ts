/** What may be done, in words. */
import { grants } from "../access.ts"
import { speaker } from "./words.ts"

const { named } = speaker({
  en: {
    "may.bank:read": "See accounts and payments",
    "may.bank:transact": "Transfer within the bank",
    "may.bank:pay": "Order payments",
    "may.bank:approve": "Approve payments",
    "may.bank:open": "Open accounts",
    "may.bank:manage": "Manage accounts",
    "may.bank:reconcile": "Reconcile statements",
    "may.bank:any-customer": "Act for any customer",
    "may.ledger:read": "Read the books",
    "may.ledger:post": "Post to the books",
    "may.ledger:configure": "Set up the books",
    "may.lending:read": "See the market",
    "may.lending:collect": "Collect the market",
    "may.audit:read": "Read the trail",
    "may.audit:read-personal": "Read what is personal in the trail",
    "may.audit:hold": "Keep records from being erased",
    "may.audit:erase": "Erase what is personal in the trail",
    "may.webhooks:manage": "Manage webhooks",
    "may.identity:self": "See and change itself",
    "may.identity:manage": "Manage users",
    "may.system:metrics": "See metrics"
  },
  sv: {
    "may.bank:read": "Se konton och betalningar",
    "may.bank:transact": "Föra över inom banken",
    "may.bank:pay": "Beställa betalningar",
    "may.bank:approve": "Godkänna betalningar",
    "may.bank:open": "Öppna konton",
    "may.bank:manage": "Förvalta konton",
    "may.bank:reconcile": "Stämma av kontoutdrag",
    "may.bank:any-customer": "Handla för vilken kund som helst",
    "may.ledger:read": "Läsa böckerna",
    "may.ledger:post": "Bokföra",
    "may.ledger:configure": "Ställa in böckerna",
    "may.lending:read": "Se marknaden",
    "may.lending:collect": "Hämta marknaden",
    "may.audit:read": "Läsa granskningsspåret",
    "may.audit:read-personal": "Läsa det personliga i spåret",
    "may.audit:hold": "Skydda poster från att raderas",
    "may.audit:erase": "Radera det personliga i spåret",
    "may.webhooks:manage": "Sköta webhooks",
    "may.identity:self": "Se och ändra sig själv",
    "may.identity:manage": "Sköta användare",
    "may.system:metrics": "Se mätvärden"
  }
})

/** In the order in which people would look for them. */
const known: ReadonlyArray<string> = [
  "bank:read",
  "bank:transact",
  "bank:pay",
  "bank:approve",
  "bank:open",
  "bank:manage",
  "bank:reconcile",
  "bank:any-customer",
  "lending:read",
  "lending:collect",
  "ledger:read",
  "ledger:post",
  "ledger:configure",
  "audit:read",
  "audit:read-personal",
  "audit:hold",
  "audit:erase",
  "webhooks:manage",
  "identity:manage",
  "identity:self",
  "system:metrics"
]

/** A permission in words. */
export const permissionText = (permission: string): string => named("may", permission)

/** The single permissions that somebody has, also those that a `*` stands for. */
export const singlePermissions = (held: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...known.filter((permission) => grants(held, permission)),
  ...held.filter((permission) => !permission.endsWith("*") && !known.includes(permission))
]
