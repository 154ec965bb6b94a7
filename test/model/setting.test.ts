import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSetting, parseSettings, settingList, settingName } from '../../src/model/setting.ts'

test('settings go by these names and have these defaults', () => {
  assert.deepEqual(
    settingList.map((field) => `${settingName(field)} ${field.render(field.default)}`.trim()),
    [
      'trusted-proxies',
      'log-retention-days 30',
      'log-retention-bytes 10GB',
      'underscore-names drop',
      'max-connections 0',
      'max-connections-per-address 0',
      'max-connections-per-tenant 0',
      'header-timeout 10s',
      'idle-timeout 15s',
      'min-body-rate 240B',
      'write-timeout 30s',

      'endpoint-idle-connections 4096',
      'endpoint-idle-timeout 30s',
      'tunnel-idle-timeout 5m',
      'tunnel-max-age 1d',
      'drain-timeout 30s',
      'max-in-flight 0',
      'queue 100',
      'queue-timeout 2s',
      'global-rate',
      'global-burst',
      'global-concurrency',
      'trace-sample 0%',
      'rate-limit-headers standard',
      'currency USD',
      'allow-exec no',
      'dns-servers',
      'allow-addresses',
      'zone',
    ],
  )
})

test('a row replaces the default of its setting alone', () => {
  const { settings, mistakes } = parseSettings([
    { id: 1, name: 'header-timeout', value: '2s' },
    { id: 2, name: 'trusted-proxies', value: '10.0.0.0/8,192.0.2.1' },
  ])
  assert.deepEqual(mistakes, [])
  assert.deepEqual(settings, {
    trustedProxies: ['10.0.0.0/8', '192.0.2.1/32'],
    logRetentionDays: 30,
    logRetentionBytes: 10e9,
    underscoreNames: 'drop',
    maxConnections: 0,
    maxConnectionsPerAddress: 0,
    maxConnectionsPerTenant: 0,
    headerTimeoutMs: 2_000,
    idleTimeoutMs: 15_000,
    minBodyRate: 240,
    writeTimeoutMs: 30_000,
    endpointIdleConnections: 4_096,
    endpointIdleTimeoutMs: 30_000,
    tunnelIdleTimeoutMs: 300_000,
    tunnelMaxAgeMs: 86_400_000,
    maxInFlight: 0,
    queue: 100,
    queueTimeoutMs: 2_000,
    globalRate: undefined,
    globalBurst: undefined,
    globalConcurrency: undefined,
    traceSamplePercent: 0,
    rateLimitHeaders: 'standard',
    currency: 'USD',
    allowExec: false,
    dnsServers: [],
    allowAddresses: [],
    drainTimeoutMs: 30_000,
    zone: undefined,
  })
})

test('a row that says nothing sensible is reported, and the default stands', () => {
  const { settings, mistakes } = parseSettings([
    { id: 1, name: 'idle-timeout', value: 'soon' },
    { id: 2, name: 'colour', value: 'red' },
  ])
  assert.equal(settings.idleTimeoutMs, 15_000)
  assert.deepEqual(
    mistakes.map(({ name, message }) => `${name}: ${message}`),
    ["idle-timeout: idle timeout 'soon' is not a duration from 1ms to 1w", "colour: there is no setting 'colour'"],
  )
})

test('a setting is found by its name only', () => {
  assert.equal(findSetting('drain-timeout')?.property, 'drainTimeoutMs')
  assert.equal(findSetting('drainTimeoutMs'), undefined)
})
