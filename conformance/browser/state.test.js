// What the page says where there is no list, or not all of it.
import assert from 'node:assert/strict'
import { enter, eventually, inBrowser, picture } from './browser.js'

const { MAAS_DOWN_URL, MAAS_GAPS_URL, MAAS_URL } = process.env

inBrowser('a token that no model lets in', {}, async (page) => {
  await enter(page, 'Bearer mistyped')
  await page.getByRole('heading', { name: 'No model lets this token in' }).waitFor()
  assert.match(await page.locator('#summary').innerText(), /^0 models$/)
  await picture(page, 'nobodys')
})

inBrowser('no token, where one is needed', { expected: [/401/] }, async (page) => {
  await enter(page, '')
  assert.match(await page.getByRole('alert').filter({ hasText: '401' }).innerText(), /Authorization/)
  await page.locator('#notices').getByRole('button', { name: 'Use another token' }).click()
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
})

for (const [name, typed] of Object.entries({ 'a token with a line break in it': 'ali\u2028ce', 'one of other letters': 'алиса', 'one that is too long': 'x'.repeat(17 << 10) })) {
  inBrowser(name, {}, async (page, { requests }) => {
    await page.getByLabel('Token', { exact: true }).fill(typed)
    await page.keyboard.press('Enter')
    assert.match(await page.getByRole('alert').innerText(), /token/)
    assert.deepEqual(requests.filter((r) => r.url().includes('/v1/')), [], 'a token that cannot be sent was sent')
  })
}

inBrowser('backends are down: a 503 says when it is tried again', { url: MAAS_DOWN_URL, expected: [/503/] }, async (page, { requests }) => {
  await page.clock.install()
  await enter(page)
  await page.getByText(/The API answers 503/).waitFor()
  assert.match(await page.locator('#notices').innerText(), /The next try is in \d+ s/)
  await picture(page, 'unavailable')
  const lists = () => requests.filter((r) => r.url().endsWith('/v1/models?locked=true')).length
  const before = lists()
  await eventually(async () => { await page.clock.runFor(1_000); return lists() }, (now) => assert.ok(now > before))
})

inBrowser('a list with gaps says so', { url: MAAS_GAPS_URL }, async (page) => {
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  assert.match(await page.locator('#notices').innerText(), /Some models could not be asked/)
  await picture(page, 'incomplete')
})

inBrowser('the API goes away, and comes back', { expected: [/ERR_FAILED/] }, async (page) => {
  await page.clock.install()
  let gone = true
  await page.route(/\/v1\/models/, (route) => (gone ? route.abort() : route.continue()))
  await enter(page)
  await page.getByText('The API cannot be reached from here now.').waitFor()
  gone = false
  await eventually(async () => { await page.clock.runFor(2_000); return page.locator('tbody tr').count() }, (n) => assert.ok(n > 0))
  assert.equal(await page.locator('#notices').innerText(), '')
})

inBrowser('a reply that is no list', { init: (page) => page.route(/\/v1\/models/, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Log in</h1>' })) }, async (page) => {
  await enter(page)
  await page.getByText('The answer of the API broke off.').waitFor()
})

inBrowser('without JavaScript', { javaScriptEnabled: false }, async (page) => {
  const text = await page.locator('body').innerText()
  assert.match(text, /This page needs JavaScript/)
  assert.match(text, /curl -H "Authorization: Bearer \$TOKEN"/)
  assert.ok(!(await page.getByLabel('Token', { exact: true }).isVisible()), 'a field that nothing reads')
  await picture(page, 'without-javascript')
})

inBrowser('headers keep others out', { expected: [/blocked/, /Content Security Policy/] }, async (page) => {
  const reply = await page.request.get(`${MAAS_URL}/`)
  assert.match(reply.headers()['content-security-policy'], /frame-ancestors 'none'/)
  // The policy at work: no markup from text, no script from elsewhere, no word to anybody.
  const blocked = await page.evaluate(async () => {
    const tried = {}
    const attempt = async (name, run) => { try { await run(); tried[name] = 'done' } catch (error) { tried[name] = error.name } }
    await attempt('markup', () => { document.body.innerHTML = '<b>x</b>' })
    await new Promise((resolve) => setTimeout(() => attempt('eval', () => Function('1')).then(resolve))) // not while the driver itself evaluates
    await attempt('a second policy', () => globalThis.trustedTypes.createPolicy('try', {}))
    await attempt('a request', () => fetch('https://elsewhere.example/'))
    return tried
  })
  assert.deepEqual(blocked, { markup: 'TypeError', eval: 'EvalError', 'a second policy': 'TypeError', 'a request': 'TypeError' })
})
