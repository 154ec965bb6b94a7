import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { test } from 'node:test'
import { resolveActor } from '../../src/store/actor.ts'

const passwd = 'root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada:/home/ada:/bin/sh\n'

const cases: readonly { name: string; sudoUser?: string; loginuid?: string; passwd?: string; expect: string }[] = [
  { name: 'who called sudo', sudoUser: 'grace', loginuid: '1000', passwd, expect: 'grace' },
  { name: 'who logged in', loginuid: '1000\n', passwd, expect: 'ada' },
  { name: "the login's number where no account has it", loginuid: '1001', passwd, expect: 'uid 1001' },
  { name: "the login's number where accounts cannot be read", loginuid: '1000', expect: 'uid 1000' },
  { name: 'whose process it is when nobody logged in', loginuid: '4294967295', passwd, expect: 'service' },
  { name: 'whose process it is where logins are not kept', passwd, expect: 'service' },
]

for (const { name, sudoUser, loginuid, passwd: accounts, expect } of cases) {
  test(`the actor is ${name}`, () => {
    const files = new Map([
      ['/proc/self/loginuid', loginuid],
      ['/etc/passwd', accounts],
    ])
    const environment = { SUDO_USER: sudoUser }
    const actor = resolveActor({ environment, readText: (path) => files.get(path), userName: () => 'service' })
    assert.equal(actor, expect)
  })
}

test('on this machine there is always some actor', () => {
  assert.equal(resolveActor({ environment: {}, readText: () => undefined }), userInfo().username)
})
