import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface WrkPlan {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** File of requests for `wrk.lua`. */
  readonly requestsPath: string
  /** How long a connection rests before each request, on average. */
  readonly pauseMs: number
}

/** What a run of wrk saw. */
export interface WrkReport {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that are not 2xx or 3xx. */
  readonly refused: number
  readonly socketErrors: number
}

/** Keeps that many connections busy for that long, from one thread. */
export async function runWrk({ port, connections, seconds, requestsPath, pauseMs }: WrkPlan): Promise<WrkReport> {
  const script = join(import.meta.dirname, 'wrk.lua')
  const args = ['--threads=1', `--connections=${connections}`, `--duration=${seconds}s`, '--timeout=10s', '--latency']
  const command = [...args, `--script=${script}`, `http://127.0.0.1:${port}/`, '--', requestsPath, String(pauseMs)]
  const { stdout } = await promisify(execFile)('wrk', command)
  return parseWrkReport(stdout)
}

/** Throws when wrk printed something else than it does. */
export function parseWrkReport(text: string): WrkReport {
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? []
  return {
    requests: numberAfter(text, /(\d+) requests in/),
    requestsPerSecond: numberAfter(text, /Requests\/sec:\s+([\d.]+)/),
    p50Ms: millisecondsAfter(text, /50%\s+([\d.]+)(us|ms|s)/),
    p99Ms: millisecondsAfter(text, /99%\s+([\d.]+)(us|ms|s)/),
    refused: Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
    socketErrors: errors.reduce((sum, count) => sum + Number(count), 0),
  }
}

function numberAfter(text: string, pattern: RegExp): number {
  const match = pattern.exec(text)
  if (match === null) throw new Error(`wrk printed something else than expected:\n${text}`)
  return Number(match[1])
}

function millisecondsAfter(text: string, pattern: RegExp): number {
  const value = numberAfter(text, pattern)
  const unit = pattern.exec(text)?.[2]
  return unit === 'us' ? value / 1_000 : unit === 's' ? value * 1_000 : value
}
