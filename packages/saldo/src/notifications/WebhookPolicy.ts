import { Permission } from "../core/Actor.ts"
import { retryPausesMs } from "./webhookRetries.ts"

/** To see and change the webhook endpoints of the tenant, and their logs. */
export const webhooksPermission = Permission.make("webhooks:manage")

/** What a host decides about webhooks. */
export interface WebhookPolicy {
  /** Whether addresses may begin with `http://`, for tests and closed networks. */
  readonly allowHttp: boolean
  /** Ranges that addresses may name although they are not public; the sender has its own list, which decides. */
  readonly allowedRanges: ReadonlyArray<string>
  /** How many endpoints a tenant may have. */
  readonly maxEndpoints: number
  /** The pauses before each attempt; after the last one the endpoint is disabled. */
  readonly pausesMs: ReadonlyArray<number>
  /** After which time another process takes over from one that ended; longer than a message may take. */
  readonly leaseMs: number
  /** How many events, and for how long, an endpoint is told before others get their turn. */
  readonly turnEvents: number
  readonly turnMs: number
  /** How many endpoints a process tells at the same time. */
  readonly concurrency: number
  /** How long attempts are kept in the log. */
  readonly keepLogDays: number
}

/** The policy that holds where the host decides nothing else. */
export const webhookPolicy: WebhookPolicy = {
  allowHttp: false,
  allowedRanges: [],
  maxEndpoints: 50,
  pausesMs: retryPausesMs,
  leaseMs: 60_000,
  turnEvents: 200,
  turnMs: 20_000,
  concurrency: 64,
  keepLogDays: 30
}
