import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { tenantHost } from './competitor.ts'
import type { Trial } from './trials.ts'

/** What a run of wrk saw. */
export interface Load {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that are not 2xx or 3xx. */
  readonly refused: number
  readonly socketErrors: number
}

/** Keeps the connections of the trial busy for that long, from one thread. */
export async function runWrk(trial: Trial, port: number, key: string, seconds: number): Promise<Load> {
  const headers = [`Host: ${tenantHost}`, ...(key === '' ? [] : [`Authorization: Bearer ${key}`])]
  const args = ['--threads=1', `--connections=${trial.connections}`, `--duration=${seconds}s`, '--latency']
  for (const header of headers) args.push('--header', header)
  const { stdout } = await promisify(execFile)('wrk', [...args, `http://127.0.0.1:${port}/hello`])
  return parseLoad(stdout)
}

function parseLoad(text: string): Load {
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
