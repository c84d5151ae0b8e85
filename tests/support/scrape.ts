/** What Prometheus would be told. */

/** Each series as it is written, such as `punchline_calls_total{outcome="hung-up"}`, and its value. */
export type Scrape = ReadonlyMap<string, number>

export async function scrape(url: string): Promise<Scrape> {
  return readScrape(await (await fetch(`${url}/metrics`)).text())
}

function readScrape(text: string): Scrape {
  const samples = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map(line => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}

/** The series of a metric. */
export function seriesOf(found: Scrape, metric: string): string[] {
  return [...found.keys()].filter(series => series === metric || series.startsWith(`${metric}{`))
}
