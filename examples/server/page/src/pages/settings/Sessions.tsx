/** Where somebody is signed in. */
import * as self from "../../client/self.ts"
import { agentText } from "../../format/agent.ts"
import { showInstant } from "../../format/dates.ts"
import { locale } from "../../settings.ts"
import { Act } from "../../ui/Act.tsx"
import { Head, Section, Table } from "../../ui/basics.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { usePages } from "../../ui/usePages.ts"
import { s } from "./words.ts"

const Row = ({ onEnd, session }: { readonly session: self.Session; readonly onEnd: () => void }) => {
  const device = agentText(session.agent) ?? s("sessions.unknown")
  return (
    <tr>
      <th scope="row">
        {device}
        {session.current ? <span class="badge">{s("sessions.this")}</span> : null}
        <span class="quiet block">
          <span class="narrow">{showInstant(session.refreshedAt, locale())} · </span>
          {session.address ?? "–"}
        </span>
      </th>
      <td class="wide">{showInstant(session.startedAt, locale())}</td>
      <td class="wide">{showInstant(session.refreshedAt, locale())}</td>
      <td class="number">
        {session.current ? null : (
          <Act
            label={s("sessions.end")}
            said={s("sessions.ended")}
            of={device}
            write={(key) => self.sessions.end(session.id, key)}
            done={onEnd}
          />
        )}
      </td>
    </tr>
  )
}

/** The sessions, and ending them. */
export const SessionsPart = () => {
  const pages = usePages((cursor, signal) => self.sessions.list({ limit: 50, cursor }, signal), [])
  const { reload, value } = pages.of
  return (
    <Section title={s("tab.sessions")}>
      <p class="explained">{s("sessions.lead")}</p>
      <Paged pages={pages}>
        {(items) => (
          <Table label={s("tab.sessions")}>
            <thead>
              <tr>
                <Head>{s("sessions.device")}</Head>
                <Head wide>{s("sessions.started")}</Head>
                <Head wide>{s("sessions.seen")}</Head>
                <td />
              </tr>
            </thead>
            <tbody>
              {items.map((session) => (
                <Row key={session.id} session={session} onEnd={reload} />
              ))}
            </tbody>
          </Table>
        )}
      </Paged>
      {value === undefined ? null : value.items.length > 1 ? (
        <div class="after">
          <Act
            label={s("sessions.others")}
            sure={s("sessions.others.sure")}
            said={s("sessions.others.done")}
            write={self.sessions.endOthers}
            done={reload}
          />
        </div>
      ) : (
        <p class="quiet after">{s("sessions.only")}</p>
      )}
    </Section>
  )
}
