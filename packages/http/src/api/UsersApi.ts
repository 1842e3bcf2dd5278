/**
 * The users of the tenant: what each may do about itself, and administrators about all.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import * as Refusal from "saldo/identity/IdentityRefusal"
import { SessionId, SessionNotFound } from "saldo/identity/Session"
import { LocaleTag, PartyId, RoleName, UserId, UserName, UserState } from "saldo/identity/User"
import { ApiKeyView } from "./ApiKeysApi.ts"
import { Authentication } from "./Authentication.ts"
import { IdentityNotOffered } from "./IdentityNotOffered.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { EmailText, ProofGiven, SessionView, UserView } from "./UserView.ts"
import { notExecuted, writeHeaders } from "./Write.ts"

const params = { userId: UserId }
const listing = [...problems(NotPermitted, IdentityNotOffered), ...notFoundPage] as const
const finding = problems(NotPermitted, Refusal.UserNotFound, IdentityNotOffered)
const acting = [...finding, ...problems(Refusal.UserStateUnfit, Refusal.ActOnOneself), ...notExecuted] as const
const onUser = { params, headers: writeHeaders, success: UserView } as const
const roles = Schema.Array(RoleName).check(Schema.isMaxLength(64))
const party = Schema.NullOr(PartyId)

/** The endpoints of users. */
export class UsersApi extends HttpApiGroup.make("users")
  .add(
    HttpApiEndpoint.put("changeProfile", "/me", {
      headers: writeHeaders,
      payload: Schema.Struct({ name: UserName, locale: LocaleTag }),
      success: UserView,
      error: [...finding, ...problems(Refusal.UserStateUnfit), ...notExecuted]
    }).annotate(OpenApi.Summary, "Change what one is called, and the language of one's mails"),
    // It carries a password, of which nothing is to be remembered; a user is deleted but once.
    HttpApiEndpoint.post("deleteMe", "/me/deletion", {
      payload: ProofGiven,
      success: HttpApiSchema.NoContent,
      error: [
        ...finding,
        ...problems(Refusal.CredentialsRejected, Refusal.SecondFactorRequired, Refusal.TooManyAttempts)
      ]
    }).annotate(OpenApi.Summary, "Have all forgotten that is personal about oneself"),
    HttpApiEndpoint.get("sessions", "/me/sessions", {
      query: pageQuery,
      success: Page.schema(SessionView),
      error: listing
    }).annotate(OpenApi.Summary, "List one's sessions, the latest first"),
    HttpApiEndpoint.delete("endOtherSessions", "/me/sessions", {
      headers: writeHeaders,
      success: HttpApiSchema.NoContent,
      error: problems(NotPermitted, IdentityNotOffered)
    }).annotate(OpenApi.Summary, "End all of one's sessions but the one that asks"),
    HttpApiEndpoint.delete("endSession", "/me/sessions/:sessionId", {
      params: { sessionId: SessionId },
      headers: writeHeaders,
      success: HttpApiSchema.NoContent,
      error: problems(NotPermitted, SessionNotFound, IdentityNotOffered)
    }).annotate(OpenApi.Summary, "End a session, one's own or as an administrator anybody's"),
    HttpApiEndpoint.get("list", "/", {
      query: { ...pageQuery, state: Schema.optionalKey(UserState), party: Schema.optionalKey(PartyId) },
      success: Page.schema(UserView),
      error: listing
    }).annotate(OpenApi.Summary, "List users"),
    HttpApiEndpoint.post("invite", "/", {
      headers: writeHeaders,
      payload: Schema.Struct({
        email: EmailText,
        name: UserName,
        locale: Schema.optionalKey(LocaleTag),
        roles,
        party
      }),
      success: UserView.pipe(HttpApiSchema.status(201)),
      error: [
        ...problems(NotPermitted, Refusal.EmailInvalid, Refusal.EmailTaken, Refusal.RoleUnknown, IdentityNotOffered),
        ...notExecuted
      ]
    }).annotate(OpenApi.Summary, "Invite a user, who chooses a password by the link in a mail"),
    HttpApiEndpoint.get("find", "/:userId", { params, success: UserView, error: finding }).annotate(
      OpenApi.Summary,
      "Show a user"
    ),
    HttpApiEndpoint.put("setRoles", "/:userId/roles", {
      ...onUser,
      payload: Schema.Struct({ roles }),
      error: [...acting, ...problems(Refusal.RoleUnknown)]
    }).annotate(OpenApi.Summary, "Give a user these roles and no others"),
    HttpApiEndpoint.put("setParty", "/:userId/party", {
      ...onUser,
      payload: Schema.Struct({ party }),
      error: acting
    }).annotate(OpenApi.Summary, "Say whose data the user's acts concern"),
    HttpApiEndpoint.put("lock", "/:userId/lock", { ...onUser, error: acting }).annotate(
      OpenApi.Summary,
      "Keep a user from signing in, and end its sessions"
    ),
    HttpApiEndpoint.delete("unlock", "/:userId/lock", { ...onUser, error: acting }).annotate(
      OpenApi.Summary,
      "Let a locked user sign in again"
    ),
    HttpApiEndpoint.get("sessionsOf", "/:userId/sessions", {
      params,
      query: pageQuery,
      success: Page.schema(SessionView),
      error: [...listing, ...problems(Refusal.UserNotFound)]
    }).annotate(OpenApi.Summary, "List the sessions of a user, the latest first"),
    HttpApiEndpoint.delete("endSessionsOf", "/:userId/sessions", {
      params,
      headers: writeHeaders,
      success: HttpApiSchema.NoContent,
      error: finding
    }).annotate(OpenApi.Summary, "End all sessions of a user"),
    HttpApiEndpoint.get("apiKeysOf", "/:userId/api-keys", {
      params,
      query: pageQuery,
      success: Page.schema(ApiKeyView),
      error: [...listing, ...problems(Refusal.UserNotFound)]
    }).annotate(OpenApi.Summary, "List the API keys of a user, the latest first")
  )
  .middleware(Authentication)
  .prefix("/api/v1/users")
  .annotateMerge(
    OpenApi.annotations({ title: "Users", description: "Who may sign in, and what each of them may do" })
  ) {}
