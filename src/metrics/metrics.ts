/** All that Prometheus is told. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Report } from '../status/status.js'
import { CallMetrics } from './call-metrics.js'
import { statusMetrics } from './status-metrics.js'

export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly calls: CallMetrics
  readonly #sinceStart = new Registry()
  #isNodeWatched = false

  constructor() {
    this.calls = new CallMetrics(this.#sinceStart)
  }

  /** In Prometheus' text format. */
  async text(report: Report): Promise<string> {
    this.#watchNode()
    return Registry.merge([statusMetrics(report), this.#sinceStart]).metrics()
  }

  /** From the first scrape on: where nobody asks, nothing is spent on it. */
  #watchNode(): void {
    if (this.#isNodeWatched) return
    this.#isNodeWatched = true
    collectDefaultMetrics({ register: this.#sinceStart })
  }
}
