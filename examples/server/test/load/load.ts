/**
 * The load on a server: so many people and programs that use the bank at the same time, for as long as is wanted.
 */
import * as LocalDate from "saldo/time/LocalDate"
import { chanceOf } from "../../src/demo/chance.ts"
import { Caller, Outage } from "./caller.ts"
import { type Bank, Lane } from "./lane.ts"
import { addresses, found, signStaffIn } from "./people.ts"
import { sendTransfer } from "./moving.ts"
import { noRecords, type Transfer } from "./records.ts"
import { Tally } from "./tally.ts"
import { visit } from "./visits.ts"

/** What a load is put on, and how much of it. */
export interface LoadOptions {
  readonly url: string
  /** The folder into which the server's mails go. */
  readonly mails: string
  readonly connections: number
  /** How many processes answer; one when left out. */
  readonly processes?: number
  /** What happens by chance is the same for the same seed. */
  readonly seed?: number
}

const dayMs = 86_400_000

const dayAt = (at: number) => LocalDate.of(new Date(at).toISOString().slice(0, 10))

/** A load that can be put on a server, taken off again, and put on once more. */
export class Load {
  readonly bank: Bank
  readonly #lanes: ReadonlyArray<Lane>

  private constructor(bank: Bank, lanes: ReadonlyArray<Lane>) {
    this.bank = bank
    this.#lanes = lanes
  }

  /** Makes its people customers of the bank, each with two connections, and some connections for what happens twice. */
  static async prepare({ connections, mails, processes = 1, seed = 1, url }: LoadOptions): Promise<Load> {
    const [records, address] = [noRecords(), addresses()]
    const members = await signStaffIn(url, address)
    const besides = Math.max(1, Math.round(connections / 12))
    const lanes = Math.max(1, connections - besides)
    const [first, ...rest] = await found({ url, mails, address, members, records }, Math.max(2, Math.ceil(lanes / 2)))
    if (first === undefined) throw new TypeError("A load needs people")
    const common = { url, tally: new Tally(), outage: new Outage() }
    const now = Date.now()
    // Days of UTC, so that those of the bank's own zone are among them.
    const days = { start: dayAt(now - dayMs), end: dayAt(now + 2 * dayMs) }
    const bank: Bank = {
      ...common,
      people: [first, ...rest],
      members,
      records,
      beside: Array.from({ length: besides }, () => new Caller(common)),
      address,
      processes,
      begunAt: new Date(now).toISOString(),
      days
    }
    return new Load(
      bank,
      Array.from({ length: lanes }, (_, number) => new Lane(bank, number, chanceOf(seed * 1000 + number)))
    )
  }

  /** Puts the load on until something has happened, and settles when all that was begun is answered. */
  async until(ended: Promise<unknown>): Promise<void> {
    let over = false
    const end = () => {
      over = true
    }
    // If it fails, whoever waits for it is told.
    ended.then(end, end)
    const goesOn = () => !over
    await Promise.all(
      this.#lanes.map(async (lane) => {
        while (goesOn()) await visit(lane, goesOn)
      })
    )
  }

  /** Settles when so many more requests were answered, or one of them not as it should be. */
  async busy(answers: number): Promise<void> {
    const { tally } = this.bank
    const wanted = tally.answered + answers
    while (tally.answered < wanted && tally.found === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** Puts the load on for so long. */
  run(milliseconds: number): Promise<void> {
    return this.until(new Promise((resolve) => setTimeout(resolve, milliseconds)))
  }

  /** Sends transfers once more, each as the customer who ordered it, and notes which entries the answers name. */
  async repeat(transfers: Iterable<Transfer>): Promise<void> {
    for (const transfer of transfers) {
      const owner = this.#lanes.find(({ person }) => transfer.from === person.daily || transfer.from === person.saved)
      if (owner === undefined) throw new TypeError(`Nobody has ${transfer.from}`)
      if (await owner.arrive()) await sendTransfer(owner, "transfer again", transfer)
    }
  }

  /** Closes the connections; whoever asks again makes new ones. */
  close(): void {
    for (const lane of this.#lanes) lane.close()
    for (const caller of this.bank.beside) caller.close()
  }
}
