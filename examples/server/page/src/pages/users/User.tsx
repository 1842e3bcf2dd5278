/** One user: what it may do, where it is signed in, and by which keys programs act for it. */
import { useState } from "preact/hooks"
import { useMe } from "../../access.ts"
import * as people from "../../client/people.ts"
import * as self from "../../client/self.ts"
import { agentText } from "../../format/agent.ts"
import { showInstant } from "../../format/dates.ts"
import { locale } from "../../settings.ts"
import { Act } from "../../ui/Act.tsx"
import { announce } from "../../ui/announce.tsx"
import { Facts, Page, Section } from "../../ui/basics.tsx"
import { ChecksField, TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { Await, Empty } from "../../ui/states.tsx"
import { useForm } from "../../ui/useForm.ts"
import { useLoad } from "../../ui/useLoad.ts"
import { t } from "../../words/words.ts"
import { nameOf, roleOptions, UserState } from "./parts.tsx"
import { u } from "./words.ts"

interface PartProps {
  readonly user: people.User
  readonly onChanged: () => void
}

const Lock = ({ onChanged, user }: PartProps) => {
  const me = useMe()
  if (user.id === me.id) return null
  if (user.state === "locked") {
    return (
      <Act
        key="unlock"
        label={u("unlock")}
        said={u("unlock.done")}
        write={(key) => people.unlock(user.id, key)}
        done={onChanged}
      />
    )
  }
  if (user.state === "deleted") return null
  return (
    <Act
      key="lock"
      label={u("lock")}
      sure={u("lock.sure")}
      said={u("lock.done")}
      write={(key) => people.lock(user.id, key)}
      done={onChanged}
    />
  )
}

const About = ({ onChanged, user }: PartProps) => (
  <Section title={u("about")} aside={<UserState of={user.state} />}>
    <Facts
      of={[
        [u("email"), user.email ?? "–"],
        [u("party"), user.party === null ? "–" : <code key="party">{user.party}</code>],
        [u("factor"), user.hasSecondFactor ? u("yes") : u("no")],
        [u("locale"), new Intl.DisplayNames([locale()], { type: "language" }).of(user.locale) ?? user.locale],
        [u("since"), showInstant(user.createdAt, locale())],
        [u("id"), <code key="id">{user.id}</code>]
      ]}
    />
    <div class="after">
      <Lock user={user} onChanged={onChanged} />
    </div>
  </Section>
)

const Roles = ({ onChanged, user }: PartProps) => {
  const me = useMe()
  const [saved, setSaved] = useState(false)
  const form = useForm({
    initial: { roles: user.roles },
    check: () => ({}),
    write: ({ roles }, key) => people.setRoles(user.id, roles, key),
    blames: { "role-unknown": "roles", "not-permitted": "roles" },
    done: () => {
      setSaved(true)
      announce(u("roles.saved"))
      onChanged()
    }
  })
  return (
    <Section title={u("roles")}>
      {user.id === me.id ? (
        <p class="explained">{u("roles.self")}</p>
      ) : (
        <Form of={form} label={saved ? u("roles.saved") : u("roles.save")}>
          <ChecksField
            label={u("roles")}
            bare
            hint={u("roles.hint")}
            value={form.values.roles}
            onValue={(roles) => {
              setSaved(false)
              form.set({ roles })
            }}
            error={form.errorOf("roles")}
            options={roleOptions(user.roles)}
          />
        </Form>
      )}
    </Section>
  )
}

const Party = ({ onChanged, user }: PartProps) => {
  const [saved, setSaved] = useState(false)
  const form = useForm({
    initial: { party: user.party ?? "" },
    check: () => ({}),
    write: ({ party }, key) => people.setParty(user.id, party.trim() === "" ? null : party.trim(), key),
    done: () => {
      setSaved(true)
      announce(u("party.saved"))
      onChanged()
    }
  })
  return (
    <Section title={u("party")}>
      <Form of={form} label={saved ? u("party.saved") : u("party.save")}>
        <TextField
          label={u("party.label")}
          hint={u("invite.party.hint")}
          value={form.values.party}
          onValue={(party) => {
            setSaved(false)
            form.set({ party })
          }}
          error={form.errorOf("party")}
          maxLength={255}
          autocomplete="off"
          spellcheck={false}
        />
      </Form>
    </Section>
  )
}

const Sessions = ({ user }: { readonly user: people.User }) => {
  const load = useLoad((signal) => people.sessions(user.id, { limit: 50 }, signal), [user.id, user.version])
  return (
    <Section title={u("sessions")}>
      <Await of={load} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={u("sessions.none")} />
          ) : (
            <>
              <ul class="list">
                {items.map(({ address, agent, id, refreshedAt, startedAt }) => (
                  <li key={id} class="row row-still">
                    <span>
                      <strong>{agentText(agent) ?? u("sessions.unknown")}</strong>
                      <span class="quiet">
                        {address ?? "–"} · {u("sessions.started", { at: showInstant(startedAt, locale()) })} ·{" "}
                        {u("sessions.seen", { at: showInstant(refreshedAt, locale()) })}
                      </span>
                    </span>
                  </li>
                ))}
              </ul>
              <div class="after">
                <Act
                  label={u("sessions.end")}
                  sure={u("sessions.end.sure")}
                  said={u("sessions.ended")}
                  write={(key) => people.endSessions(user.id, key)}
                  done={load.reload}
                />
              </div>
            </>
          )
        }
      </Await>
    </Section>
  )
}

const keyText = ({ expiresAt, revokedAt }: self.ApiKey): string => {
  if (revokedAt !== null) return u("keys.revoked", { at: showInstant(revokedAt, locale()) })
  return expiresAt === null ? u("keys.endless") : u("keys.good", { at: showInstant(expiresAt, locale()) })
}

const Keys = ({ user }: { readonly user: people.User }) => {
  const load = useLoad((signal) => people.apiKeys(user.id, { limit: 50 }, signal), [user.id])
  return (
    <Section title={u("keys")}>
      <Await of={load} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={u("keys.none")} />
          ) : (
            <ul class="list">
              {items.map((apiKey) => (
                <li key={apiKey.id} class="row row-still">
                  <span>
                    <strong>{apiKey.name}</strong>
                    <span class="quiet">
                      <code>{apiKey.prefix}…</code> · {keyText(apiKey)}
                    </span>
                  </span>
                  {apiKey.revokedAt === null ? (
                    <Act
                      label={u("keys.revoke")}
                      sure={u("keys.revoke.sure")}
                      said={u("keys.revoke.done")}
                      of={apiKey.name}
                      write={(key) => self.apiKeys.revoke(apiKey.id, key)}
                      done={load.reload}
                    />
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  )
}

/** A user. */
export const UserPage = ({ id }: { readonly id: string }) => {
  const load = useLoad((signal) => people.find(id, signal), [id])
  return (
    <Page
      title={load.value === undefined ? t("users.title") : nameOf(load.value)}
      back={{ href: "#/users", label: t("users.title") }}
    >
      <Await of={load} lines={6}>
        {(user) => (
          <>
            <About user={user} onChanged={load.reload} />
            {user.state === "deleted" ? null : (
              <>
                <div class="columns">
                  <Roles user={user} onChanged={load.reload} />
                  <Party user={user} onChanged={load.reload} />
                </div>
                <div class="columns">
                  <Sessions user={user} />
                  <Keys user={user} />
                </div>
              </>
            )}
          </>
        )}
      </Await>
    </Page>
  )
}
