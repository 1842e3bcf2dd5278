/**
 * What a host decides about its users.
 */
import type { AttemptRule } from "./attempts.ts"
import type { TokenPurpose } from "./IdentityToken.ts"
import { type PasswordPolicy, standardPolicy } from "./passwordStrength.ts"
import { type RolePolicy, standardRoles } from "./Roles.ts"

/** What a host decides about its users. */
export interface IdentityPolicy {
  /** What authenticators and mails call the host. */
  readonly issuer: string
  readonly roles: RolePolicy
  /** The roles of whoever signs up; null where users come by invitation alone. */
  readonly signUpRoles: ReadonlyArray<string> | null
  /** The language of those who name none. */
  readonly locale: string
  readonly password: PasswordPolicy
  /** For how long a mailed token is good, in milliseconds. */
  readonly tokenLifeMs: Readonly<Record<TokenPurpose, number>>
  /** How tries on one user are slowed down, whoever makes them. */
  readonly userAttempts: AttemptRule
  /** How tries from one network address are slowed down, whoever they are on. */
  readonly originAttempts: AttemptRule
  /** How mails that anybody can ask for are slowed down, by the address that gets them, and by the user who wants another. */
  readonly mailAttempts: AttemptRule
}

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]

/**
 * Links that are good for a day to verify an address, for an hour to reset a password or to change the address, and for a
 * week to accept an invitation. Five tries on a user are free, then the wait doubles from 30 seconds to an hour; from one network address
 * 30 are free; three mails are free, then the wait doubles from a minute to a day. All is forgotten after a quiet day.
 */
export const standardIdentityPolicy: IdentityPolicy = {
  issuer: "Saldo",
  roles: standardRoles,
  signUpRoles: ["customer"],
  locale: "en",
  password: standardPolicy,
  tokenLifeMs: { "verify-email": day, "reset-password": hour, "accept-invitation": 7 * day, "change-email": hour },
  userAttempts: { free: 5, firstWaitMs: 30 * second, longestWaitMs: hour, forgetAfterMs: day },
  originAttempts: { free: 30, firstWaitMs: 30 * second, longestWaitMs: hour, forgetAfterMs: day },
  mailAttempts: { free: 3, firstWaitMs: minute, longestWaitMs: day, forgetAfterMs: day }
}
