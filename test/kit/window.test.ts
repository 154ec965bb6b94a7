import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QuotaPeriod } from '../../src/kit/quota.ts'
import { dayAt, parseDay, parseMonth, windowAt } from '../../src/kit/window.ts'

const hour = 3_600_000

const cases: readonly {
  readonly what: string
  readonly period: QuotaPeriod
  readonly zone: string
  readonly now: string
  readonly start: string
  readonly hours: number
}[] = [
  {
    what: 'a day of UTC',
    period: 'day',
    zone: 'UTC',
    now: '2026-11-27T14:32:08Z',
    start: '2026-11-27T00:00Z',
    hours: 24,
  },
  {
    what: 'the first moment of a day is its own',
    period: 'day',
    zone: 'UTC',
    now: '2026-11-27T00:00:00Z',
    start: '2026-11-27T00:00Z',
    hours: 24,
  },
  {
    what: 'the last moment of a day is still its own',
    period: 'day',
    zone: 'UTC',
    now: '2026-11-26T23:59:59.999Z',
    start: '2026-11-26T00:00Z',
    hours: 24,
  },
  {
    what: 'the day on which clocks are put forward has 23 hours',
    period: 'day',
    zone: 'Europe/Berlin',
    now: '2026-03-29T21:59:59Z',
    start: '2026-03-28T23:00Z',
    hours: 23,
  },
  {
    what: 'the day on which they are put back has 25',
    period: 'day',
    zone: 'Europe/Berlin',
    now: '2026-10-25T22:30:00Z',
    start: '2026-10-24T22:00Z',
    hours: 25,
  },
  {
    what: 'a day whose midnight does not exist begins at one',
    period: 'day',
    zone: 'America/Sao_Paulo',
    now: '2018-11-04T12:00:00Z',
    start: '2018-11-04T03:00Z',
    hours: 23,
  },
  {
    what: 'a week begins on Monday, also across a year and a change of clocks',
    period: 'week',
    zone: 'America/New_York',
    now: '2026-03-08T20:00:00Z',
    start: '2026-03-02T05:00Z',
    hours: 7 * 24 - 1,
  },
  {
    what: 'the week of new year',
    period: 'week',
    zone: 'UTC',
    now: '2027-01-01T00:00:00Z',
    start: '2026-12-28T00:00Z',
    hours: 7 * 24,
  },
  {
    what: 'February of a leap year',
    period: 'month',
    zone: 'Asia/Kolkata',
    now: '2028-02-29T18:29:59Z',
    start: '2028-01-31T18:30Z',
    hours: 29 * 24,
  },
  {
    what: 'a month that loses an hour',
    period: 'month',
    zone: 'Europe/Berlin',
    now: '2026-03-31T21:59:59Z',
    start: '2026-02-28T23:00Z',
    hours: 31 * 24 - 1,
  },
  {
    what: 'a month end: the first of the next is the next',
    period: 'month',
    zone: 'Europe/Berlin',
    now: '2026-03-31T22:00:00Z',
    start: '2026-03-31T22:00Z',
    hours: 30 * 24,
  },
  {
    what: 'a fixed window begins at a multiple of its length, whatever the zone',
    period: 5 * hour,
    zone: 'Asia/Kolkata',
    now: '1970-01-01T14:59:59.999Z',
    start: '1970-01-01T10:00Z',
    hours: 5,
  },
]

for (const { what, period, zone, now, start, hours } of cases) {
  test(`window: ${what}`, () => {
    const startMs = Date.parse(start)
    assert.deepEqual(windowAt(period, zone, Date.parse(now)), { startMs, endMs: startMs + hours * hour })
  })
}

test('windows follow each other without a gap, through four years of every kind of change', () => {
  for (const zone of ['Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia']) {
    for (const period of ['day', 'week', 'month'] as const) {
      let { startMs, endMs } = windowAt(period, zone, Date.parse('2010-12-31T12:00Z'))
      const last = Date.parse('2014-12-31T12:00Z')
      while (startMs < last) {
        assert.deepEqual(windowAt(period, zone, endMs - 1), { startMs, endMs })
        const next = windowAt(period, zone, endMs)
        assert.equal(next.startMs, endMs, `${zone} ${period} ${new Date(endMs).toISOString()}`)
        ;({ startMs, endMs } = next)
      }
    }
  }
})

test('months and days are read in a time zone, and nothing else is', () => {
  assert.deepEqual(parseMonth('2026-12', 'Europe/Berlin'), {
    startMs: Date.parse('2026-11-30T23:00Z'),
    endMs: Date.parse('2026-12-31T23:00Z'),
  })
  assert.equal(parseDay('2028-02-29', 'Asia/Kolkata'), Date.parse('2028-02-28T18:30Z'))
  assert.equal(dayAt(Date.parse('2028-02-28T18:30Z'), 'Asia/Kolkata'), '2028-02-29')
  assert.equal(dayAt(Date.parse('2028-02-28T18:29Z'), 'Asia/Kolkata'), '2028-02-28')
  for (const text of ['', '2026', '2026-13', '2026-00', '26-11', '2026-11-01', ' 2026-11', '0000-01']) {
    assert.equal(parseMonth(text, 'UTC'), undefined, text)
  }
  for (const text of ['', '2026-11', '2026-02-29', '2026-11-31', '2026-1-1', '2026-11-01T00:00']) {
    assert.equal(parseDay(text, 'UTC'), undefined, text)
  }
})
