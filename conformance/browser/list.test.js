// The list: what a token may use, searched, narrowed, ordered, and kept up to date.
import assert from 'node:assert/strict'
import { answer, enter, eventually, ids, inBrowser, picture, token, withoutEvents } from './browser.js'

const { MAAS_CONTROL_URL, MAAS_CHAT_URL } = process.env
const all = ['bge-m3', 'granite', 'llama', 'qwen', 'reranker', 'script', 'turned', 'whisper']

inBrowser('what a token may use, and whether it is ready', {}, async (page) => {
  await picture(page, 'token')
  await enter(page)
  assert.deepEqual(await eventually(() => ids(page), (got) => (assert.ok(got.length), got)), all)
  assert.match(await page.locator('.facts').innerText(), /^8 models access checked (just now|\d+ (second|minute)s? ago)/)
  assert.deepEqual(await page.locator('tbody tr', { hasText: 'Llama 3.3 70B' }).locator('.badge').allInnerTexts(), ['Not ready'])
  await picture(page, 'list')
})

inBrowser('the token is kept nowhere', {}, async (page, { opened }) => {
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  const kept = await page.evaluate(async () => ({
    local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie, caches: await caches.keys().catch(() => []),
    databases: (await indexedDB.databases()).length, address: location.href, state: history.state, markup: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll('input, textarea')].map((field) => field.value),
  }))
  assert.ok(!JSON.stringify(kept).includes(token), JSON.stringify(kept, null, 1))
  assert.deepEqual((await opened.storageState()).cookies, [])
  await page.getByRole('button', { name: 'Forget token' }).click()
  assert.equal(await page.locator('tbody tr').count(), 0)
  assert.ok(await page.getByLabel('Token', { exact: true }).isVisible())
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  await page.reload()
  assert.ok(await page.getByLabel('Token', { exact: true }).isVisible(), 'a token has outlived its page')
})

inBrowser('search, facets and order', {}, async (page) => {
  await enter(page)
  const search = page.getByRole('searchbox', { name: 'Search' })
  for (const [words, want] of Object.entries({ granite: ['granite'], 'TEXT chat': ['granite'], 'ibm-granite': ['granite'], llm: ['granite', 'llama', 'qwen', 'script', 'turned'], 'no such words': [] })) {
    await search.fill(words)
    assert.deepEqual(await eventually(() => ids(page), (got) => (assert.deepEqual(got, want), got)), want, words)
  }
  assert.ok(await page.getByRole('heading', { name: 'No model is like that' }).isVisible())
  await page.getByRole('button', { name: 'Show all models' }).click()

  const facet = (group, value) => page.getByRole('group', { name: group }).getByRole('checkbox', { name: value })
  const counts = async (group) => Object.fromEntries(await page.getByRole('group', { name: group }).locator('label').evaluateAll((labels) => labels.map((l) => [l.querySelector('.value').textContent, +l.querySelector('.count').textContent])))
  await facet('Type', 'chat').check()
  assert.deepEqual(await ids(page), ['granite', 'llama', 'qwen', 'script', 'turned'])
  assert.deepEqual(await counts('Type'), { chat: 5, embedding: 1, rerank: 1, transcription: 1 }, 'a facet counts what passes all others')
  assert.deepEqual(await counts('Kind'), { llmisvc: 5 })
  await facet('Type', 'embedding').check()
  assert.deepEqual(await ids(page), ['bge-m3', 'granite', 'llama', 'qwen', 'script', 'turned'], 'any of two types')
  await facet('Capability', 'chat').check()
  await facet('Capability', 'tools').check()
  assert.deepEqual(await ids(page), ['granite', 'llama'], 'all of two capabilities')
  assert.match(page.url(), /#\/\?type=chat&type=embedding&capability=chat&capability=tools$/)

  await page.getByRole('button', { name: 'Context' }).click()
  await page.getByRole('button', { name: 'Context' }).click()
  assert.equal(await page.getByRole('columnheader', { name: 'Context' }).getAttribute('aria-sort'), 'descending')
  await page.goto(`${page.url().split('#')[0]}#/?sort=-context_length`)
  assert.deepEqual((await ids(page)).slice(0, 4), ['granite', 'llama', 'qwen', 'bge-m3'], 'the address says what is shown, and models of no known context are last')
})

inBrowser('an address that means nothing', {}, async (page) => {
  await page.goto(`${page.url()}#/?sort=__proto__&constructor=x&type=&page=-7&q=${'x'.repeat(9)}%zz`)
  await enter(page)
  await page.getByRole('heading', { name: 'No model is like that' }).waitFor()
})

inBrowser('a model that comes is shown without a reload', {}, async (page) => {
  await page.clock.install()
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  await page.getByRole('link', { name: 'granite', exact: true }).focus()
  await fetch(`${MAAS_CONTROL_URL}/add`)
  try {
    await eventually(async () => { await page.clock.runFor(5_000); return ids(page) }, (got) => assert.ok(got.includes('newcomer'), got.join()))
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'granite', 'the keyboard has lost its place')
  } finally {
    await fetch(`${MAAS_CONTROL_URL}/reset`)
  }
  await eventually(async () => { await page.clock.runFor(5_000); return ids(page) }, (got) => assert.ok(!got.includes('newcomer'), got.join()))
})

inBrowser('while nothing changes, nothing is written again', { init: withoutEvents }, async (page, { requests }) => {
  await page.clock.install()
  await enter(page)
  await page.locator('tbody tr').first().waitFor()
  await page.evaluate(() => document.querySelectorAll('tbody tr, fieldset').forEach((element) => { element.seen = true }))
  const lists = () => requests.filter((r) => r.url().includes('/v1/models')).length
  const before = lists()
  await eventually(async () => { await page.clock.runFor(10_000); return lists() }, (now) => assert.ok(now > before))
  assert.ok(await page.evaluate(() => [...document.querySelectorAll('tbody tr, fieldset')].every((element) => element.seen)))
})

inBrowser('changes are taken from events', {
  init: async (page) => {
    await answer(page, { data: [entry('gone'), entry('stays')] })
    await page.route(/watch=true/, (route) => route.fulfill({
      contentType: 'text/event-stream',
      body: `event: sync\ndata: ${JSON.stringify({ ids: ['stays', 'new'], changed: [entry('new')] })}\n\n: heartbeat\n\nevent: changed\r\ndata: ${JSON.stringify({ changed: [entry('newer')], removed: ['new'], incomplete: true })}\r\n\r\n`,
    }))
  },
}, async (page) => {
  await page.clock.install()
  await enter(page)
  await eventually(() => ids(page), (got) => assert.deepEqual(got, ['newer', 'stays']))
  assert.match(await page.locator('#notices').innerText(), /could not be asked/)
})

inBrowser('locked models, and how to get access', { init: (page) => answer(page, { data: [entry('mine')], locked: [{ id: 'theirs', object: 'model.locked', how: 'Write to https://access.example.com/ask, or call Jo. javascript:alert(1)' }] }) }, async (page) => {
  await enter(page)
  const row = page.locator('tbody tr', { hasText: 'theirs' })
  await row.waitFor()
  assert.match(await row.innerText(), /Locked/)
  assert.deepEqual(await row.locator('a').evaluateAll((links) => links.map((a) => [a.href, a.rel])), [['https://access.example.com/ask,', 'noreferrer noopener']])
  await page.getByRole('group', { name: 'State' }).getByRole('checkbox', { name: 'locked' }).check()
  assert.deepEqual(await ids(page), ['theirs'])
})

function entry(id) {
  return { id, object: 'model', created: 1700000000, owned_by: 'llm', url: `${MAAS_CHAT_URL}/${id}`, ready: true, kind: 'llmisvc' }
}
