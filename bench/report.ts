import { cpus, release, totalmem } from 'node:os'
import type { Competitor } from './competitor.ts'
import type { Measurement } from './measure.ts'
import type { Trial } from './trials.ts'

/** A competitor's figures over all rounds of a trial: medians. */
export interface Figures {
  readonly competitor: string
  readonly cpuUsPerRequest: number
  /** To the first competitor, the median of the rounds' own ratios: what disturbs a round disturbs both sides. */
  readonly ratio: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly residentBytes: number
}

/** In the order in which the competitors took turns. */
export function summarise(measurements: readonly Measurement[]): Figures[] {
  const names = [...new Set(measurements.map((measurement) => measurement.competitor))]
  const base = measurements.filter((measurement) => measurement.competitor === names[0])
  return names.map((competitor) => {
    const own = measurements.filter((measurement) => measurement.competitor === competitor)
    return {
      competitor,
      cpuUsPerRequest: median(own.map((one) => one.cpuUsPerRequest)),
      ratio: median(own.map((one, round) => one.cpuUsPerRequest / base[round].cpuUsPerRequest)),
      requestsPerSecond: median(own.map((one) => one.requestsPerSecond)),
      p50Ms: median(own.map((one) => one.p50Ms)),
      p99Ms: median(own.map((one) => one.p99Ms)),
      residentBytes: median(own.map((one) => one.residentBytes)),
    }
  })
}

export function renderTrial(trial: Trial, rounds: number, figures: readonly Figures[]): string {
  const head = ['', 'µs CPU/request', 'ratio', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MB']
  const rows = figures.map((one) => [
    one.competitor,
    one.cpuUsPerRequest.toFixed(1),
    one.ratio.toFixed(2),
    one.requestsPerSecond.toFixed(0),
    one.p50Ms.toFixed(2),
    one.p99Ms.toFixed(2),
    (one.residentBytes / 1e6).toFixed(0),
  ])
  const title = `${trial.name}: ${trial.summary}, ${trial.connections} connections, ${rounds} rounds`
  return `${title}\n${renderTable([head, ...rows])}\n`
}

/** Machine and versions: without them a figure says nothing. */
export function describeMachine(competitors: readonly Competitor[], wrkVersion: string): Record<string, string> {
  const processors = cpus()
  return {
    machine: `${processors[0].model.trim()}, ${processors.length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    kernel: release(),
    node: process.version,
    wrk: wrkVersion,
    ...Object.fromEntries(competitors.map((competitor) => [competitor.name, competitor.readVersion()])),
  }
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const renderRow = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ')
  return rows.map((row) => `  ${renderRow(row)}`).join('\n')
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
