/** Reads figures in the text format of Prometheus (version 0.0.4), as the server tells them. */

/** One figure. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const unescape = (text: string): string =>
  text.replaceAll(/\\([\\"n])/gu, (_, sign: string) => (sign === "n" ? "\n" : sign))

const numberOf = (text: string): number => {
  if (text === "+Inf") return Number.POSITIVE_INFINITY
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text)
}

/** Every figure of a text; lines that are none are left out. */
export const samplesOf = (text: string): ReadonlyArray<Sample> =>
  text.split("\n").flatMap((line): ReadonlyArray<Sample> => {
    const [, name, labels = "", value] =
      /^([A-Za-z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(\S+)/u.exec(line) ?? []
    if (name === undefined || value === undefined) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gu)]
    return [
      {
        name,
        labels: Object.fromEntries(pairs.map(([, label = "", text = ""]) => [label, unescape(text)])),
        value: numberOf(value)
      }
    ]
  })

/** What requests came to. */
export interface RequestFigures {
  readonly route: string
  readonly count: number
  /** Answered with a status of 500 or above. */
  readonly failures: number
  /** In seconds, at most: the bound of the bucket in which so many have been answered; null beyond the last bound. */
  readonly median: number | null
  readonly p99: number | null
}

const histogram = "http_server_request_duration_seconds"

const quantile = (buckets: ReadonlyMap<number, number>, count: number, share: number): number | null => {
  const bound = [...buckets].sort(([a], [b]) => a - b).find(([, within]) => within >= count * share)?.[0]
  return bound === undefined || bound === Number.POSITIVE_INFINITY ? null : bound
}

/** What requests came to, by method and route, the most asked first. */
export const requestsOf = (samples: ReadonlyArray<Sample>): ReadonlyArray<RequestFigures> => {
  const byRoute = new Map<string, { count: number; failures: number; buckets: Map<number, number> }>()
  for (const { labels, name, value } of samples) {
    if (!name.startsWith(`${histogram}_`)) continue
    const route = `${labels["http_request_method"] ?? ""} ${labels["http_route"] ?? ""}`.trim()
    const known = byRoute.get(route) ?? { count: 0, failures: 0, buckets: new Map<number, number>() }
    byRoute.set(route, known)
    if (name === `${histogram}_count`) {
      known.count += value
      if (Number(labels["http_response_status_code"]) >= 500) known.failures += value
    } else if (name === `${histogram}_bucket`) {
      const bound = numberOf(labels["le"] ?? "+Inf")
      known.buckets.set(bound, (known.buckets.get(bound) ?? 0) + value)
    }
  }
  return [...byRoute]
    .map(([route, { buckets, count, failures }]) => ({
      route,
      count,
      failures,
      median: quantile(buckets, count, 0.5),
      p99: quantile(buckets, count, 0.99)
    }))
    .sort((a, b) => b.count - a.count)
}
